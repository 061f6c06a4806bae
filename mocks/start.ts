import { join } from 'node:path';
import { reporting } from '../lib/telemetry/report.ts';
import { helpText, listed, parseCommandLine } from './local-stack/command-line.ts';
import { type Console, createConsole } from './local-stack/console.ts';
import { chooseGewe } from './local-stack/gewe.ts';
import { watchNpm } from './local-stack/orphan-watch.ts';
import { portFaults } from './local-stack/ports-check.ts';
import { loadDotEnv, readLocalSettings } from './local-stack/settings.ts';
import { type Closer, startStack } from './local-stack/stack.ts';

/** When the parts have not ended by then, the process ends without them. */
const stopTimeoutMs = 5_000;

const root = join(import.meta.dirname, '..');
const closers: Closer[] = [];
let shown: Console | undefined;
let stopping = false;

async function main(): Promise<void> {
  const { help, choice } = parseCommandLine(process.argv.slice(2));
  if (help) {
    console.log(helpText());
    return;
  }
  loadDotEnv(root);
  const settings = readLocalSettings(process.env, root);
  const gewe = chooseGewe(root, settings, choice);
  const { api, dynamoDb, sqs, events } = settings.ports;
  const claims = [api, ...(gewe.claim ? [gewe.claim] : []), dynamoDb, sqs, events];
  const faults = await portFaults(claims);
  if (faults.length > 0) throw new Error(faults.join('; '));

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  watchNpm(() => void stop(0));
  shown = createConsole({
    format: settings.logFormat,
    level: settings.logLevel,
    geweUrl: gewe.url,
    print: console.log,
  });
  reporting.write = shown.write;
  reporting.observe = shown.observe;
  // On AWS a function that leaves a promise to itself ends alone; here all others would end with it.
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, (error: unknown) =>
      shown?.say(`${event}: ${error instanceof Error ? error.stack : String(error)}`),
    );
  }
  console.log('Starting …');
  await startStack({ root, settings, gewe, console: shown }, closers);
  console.log(readyText(api.port, gewe.isPlayed));
}

/** Three calls to try. Those of a GeWe that is played work as they stand. */
function readyText(port: number, isPlayed: boolean): string {
  const [token, appId] = isPlayed ? ['t', 'wx_demo'] : ['<your GeWe token>', '<your appId>'];
  const call = (operation: string) =>
    `  curl -X POST localhost:${port}/gewe/v2/api/contacts/${operation} -H 'X-GEWE-TOKEN: ${token}' ` +
    `-H 'content-type: application/json' -d '{"appId":"${appId}"}'`;
  return [
    '',
    `Ready. Started in ${process.uptime().toFixed(1)} s; Ctrl-C stops it all. Try:`,
    '',
    call('fetchContactsList'),
    call('fetchContactsListCache'),
    `  curl -i 'localhost:${port}/v1/devices/${appId}/contacts' -H 'X-GEWE-TOKEN: ${token}'`,
    '',
    ...listed([['npm run event -- --help', 'sends events and callbacks']]),
    '',
  ].join('\n');
}

/** Ends the parts, the last started first. Asked again, it does not wait for them. */
async function stop(exitCode: number): Promise<void> {
  if (stopping) process.exit(exitCode);
  stopping = true;
  if (exitCode === 0) shown?.say('Stopping …');
  shown?.mute();
  setTimeout(() => process.exit(exitCode), stopTimeoutMs);
  for (const close of closers.toReversed()) {
    await close().catch((error: unknown) => console.error(`stopping: ${String(error)}`));
  }
  process.exit(exitCode);
}

try {
  await main();
} catch (error) {
  // A fault that comes of being stopped half-way through the start is nothing to tell.
  if (!stopping) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`);
    await stop(1);
  }
}
