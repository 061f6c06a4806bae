import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { checkDeploySettings } from './deploy-settings.ts';
import { environmentFault } from './environment-rules.ts';

// Asked by check-plugin.cjs, with the variables of every function as JSON on standard input: exits with 1 and says on standard
// error what is wrong with the settings.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'demands-token-hashes': { type: 'boolean', default: false } },
});
const tokenHashes = values['demands-token-hashes'];
try {
  // In a stage that is open to anyone, packaging works with nothing set at all.
  const sealingKey = tokenHashes || positionals.join(' ') !== 'package';
  checkDeploySettings(process.env, { sealingKey, tokenHashes });
  const fault = environmentFault(JSON.parse(await text(process.stdin)));
  if (fault !== undefined) throw new Error(`Wrong settings: ${fault}`);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message} (docs/deploy.md)\n`);
  process.exitCode = 1;
}
