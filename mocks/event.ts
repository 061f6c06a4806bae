import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readOptions } from './local-stack/command-line.ts';
import { exampleToken, sendCallback, sendRefresh } from './local-stack/send.ts';
import { readServerlessConfig } from './local-stack/serverless-config.ts';
import { loadDotEnv, readLocalSettings } from './local-stack/settings.ts';

const root = join(import.meta.dirname, '..');
const samples = join(import.meta.dirname, 'gewe', 'callbacks');

function usage(): string {
  const files = existsSync(samples) ? readdirSync(samples).filter((name) => name.endsWith('.json')) : [];
  return [
    'Sends an event or a callback to the stack that npm start runs.',
    '',
    '  npm run event -- refresh <subscriptionId>         asks for a refresh, over EventBridge',
    '  npm run event -- callback <file> [--token TOKEN]  posts the file to the callback URL of a token',
    '',
    'A subscription id is in the answer of PUT or GET /v1/devices/{appId}/subscription; a callback is made by',
    `PUT /v1/callback. --token: ${exampleToken}, as in the README, unless it is given.`,
    ...(files.length > 0 ? ['', 'Samples of callbacks:'] : []),
    ...files.map((name) => `  ${relative(process.cwd(), join(samples, name))}`),
  ].join('\n');
}

/** What was done, for a person. Throws an error for a person. */
async function run(args: readonly string[]): Promise<string> {
  const options = {
    token: { type: 'string', default: exampleToken },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  const { values, positionals } = readOptions(() =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  const { help, token } = values;
  const [verb, about, ...more] = positionals;
  if (help) return usage();
  if (about === undefined || more.length > 0 || (verb !== 'refresh' && verb !== 'callback')) {
    throw new Error('say refresh and a subscription id, or callback and a file (see --help)');
  }
  loadDotEnv(root);
  const { ports } = readLocalSettings(process.env, root);
  if (verb === 'callback') return sendCallback(resolve(about), token, ports.api.port);
  const { bus } = readServerlessConfig(join(root, 'serverless.yml'));
  return sendRefresh(about, bus.name, ports.events.port);
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  console.error(`Not sent: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
