import { parseArgs } from 'node:util';
import { checkDeploySettings } from './deploy-settings.ts';

// Asked by check-plugin.cjs: exits with 1 and says on standard error what is wrong with the environment.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'demands-token-hashes': { type: 'boolean', default: false } },
});
const tokenHashes = values['demands-token-hashes'];
try {
  // In a stage that is open to anyone, packaging works with nothing set at all.
  const sealingKey = tokenHashes || positionals.join(' ') !== 'package';
  checkDeploySettings(process.env, { sealingKey, tokenHashes });
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text} (docs/deploy.md)\n`);
  process.exitCode = 1;
}
