import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, runCommand } from './command.ts';
import { root } from './deployment.ts';
import type { Report } from './report.ts';

/** Runs acceptance suites against what `env` names. A test that fails, or that did not run, is a fault. */
export async function runSuites(
  names: readonly string[],
  run: {
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly report: Report;
  },
): Promise<void> {
  const { folder, env, signal, report } = run;
  report.step(`acceptance: ${names.join(', ')}`);
  const outcome = join(folder, `${names.join('-')}.json`);
  const files = names.map((name) => `tests/deploy/${name}.deployed.ts`);
  const args = ['run', '--config', 'tests/deploy/vitest.config.ts', '--reporter=default', '--reporter=json'];
  try {
    await runCommand(
      join(root, 'node_modules/.bin/vitest'),
      [...args, `--outputFile.json=${outcome}`, ...files],
      {
        cwd: root,
        env: { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, HOME: folder, ...env },
        signal,
        show: true,
      },
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
  }
  const result: { numTotalTests: number; numPassedTests: number } = JSON.parse(readFileSync(outcome, 'utf8'));
  const told = `acceptance (${names.join(', ')}): ${result.numPassedTests} of ${result.numTotalTests} tests passed`;
  if (result.numTotalTests > 0 && result.numPassedTests === result.numTotalTests) report.fact(told);
  else report.fault(told);
}
