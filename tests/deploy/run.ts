import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from './cleanup.ts';
import { installClients } from './clients.ts';
import { installJudges, missingPrerequisites } from './judges.ts';
import { Report } from './report.ts';
import { acceptDeployment } from './scenes.ts';

// `npm run test:deploy`: the service is deployed with the operator's own command to an AWS endpoint on this machine,
// judged there, and removed. Ends with 0 when nothing is wrong.

const cleanup = new Cleanup();
const report = new Report();
try {
  const missing = await missingPrerequisites(cleanup.signal);
  for (const what of missing) report.fault(`npm run test:deploy needs ${what}`);
  if (missing.length === 0) {
    const folder = mkdtempSync(join(process.env.CI_WORK ?? tmpdir(), 'gewe-contacts-deploy-'));
    cleanup.later(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    report.step('the public clients are installed, beside all that follows');
    const clientsFolder = join(process.env.CI_WORK ?? folder, 'clients');
    const clients = cleanup.begin((signal) => installClients(clientsFolder, signal));
    report.step('the judges are installed from PyPI (MiniStack, cfn-lint, the AWS CLI)');
    const judges = await installJudges(folder, cleanup.signal);
    await acceptDeployment({ folder, judges, clients, cleanup, report });
  }
} catch (error) {
  report.fault(error instanceof Error ? error.message : String(error));
} finally {
  report.step('everything is stopped and deleted');
  await cleanup.run();
}
process.exitCode = report.end() ? 0 : 1;
