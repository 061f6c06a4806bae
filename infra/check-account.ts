import { text } from 'node:stream/consumers';
import { accountFaults } from './account-rules.ts';

// Asked by check-plugin.cjs, with `{needs, limit}` as JSON on standard input: exits with 1 and says on standard error what the
// account does not allow.
const { needs, limit } = JSON.parse(await text(process.stdin));
const faults = accountFaults(needs, limit);
if (faults.length > 0) {
  const says = `This account may run ${limit.ConcurrentExecutions} functions at once: ${faults.join('; ')}`;
  process.stderr.write(`${says}; or request a higher quota (docs/deploy.md)\n`);
  process.exitCode = 1;
}
