import { join } from 'node:path';
import { CommandFailed, runCommand } from './command.ts';

/** Where the judges from PyPI stand. */
export interface Judges {
  /** The Python that has it. */
  readonly ministack: string;
  readonly cfnLint: string;
  readonly aws: string;
}

/** In two environments: MiniStack and the AWS CLI each want a botocore of their own. */
const packages = {
  ministack: ['ministack==1.5.33'],
  tools: ['cfn-lint==1.58.0', 'awscli==1.46.3', 'boto3==1.44.5'],
} as const;

/** One line for each thing that is missing on this machine. */
export async function missingPrerequisites(signal: AbortSignal): Promise<readonly string[]> {
  const options = { env: process.env, signal };
  const isThere = async (command: string, args: readonly string[]) =>
    runCommand(command, args, options).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CommandFailed) return false;
        throw error;
      },
    );
  const missing: string[] = [];
  if (!(await isThere('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']))) {
    missing.push('python3 of version 3.10 or newer');
  } else if (!(await isThere('python3', ['-c', 'import venv, ensurepip']))) {
    missing.push('the module venv of python3 (Debian: apt-get install python3-venv)');
  }
  if (!(await isThere('cargo', ['--version']))) missing.push('cargo (rustup.rs), for a public client');
  if (!(await isThere('cc', ['--version']))) missing.push('cc, for cargo (Debian: apt-get install gcc)');
  if (!(await isThere('ps', ['-A', '-o', 'pid=']))) missing.push('ps (Debian: apt-get install procps)');
  return missing;
}

/** Installs them into a folder. */
export async function installJudges(folder: string, signal: AbortSignal): Promise<Judges> {
  const options = { env: process.env, signal };
  const install = async (name: keyof typeof packages) => {
    await runCommand('python3', ['-m', 'venv', join(folder, name)], options);
    const pip = ['install', '--quiet', '--disable-pip-version-check', ...packages[name]];
    await runCommand(join(folder, name, 'bin', 'pip'), pip, options);
    return join(folder, name, 'bin');
  };
  const [ministack, tools] = await Promise.all([install('ministack'), install('tools')]);
  return {
    ministack: join(ministack, 'python'),
    cfnLint: join(tools, 'cfn-lint'),
    aws: join(tools, 'aws'),
  };
}
