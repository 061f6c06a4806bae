import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandFailed, runCommand } from './command.ts';
import { root, type Settings } from './deployment.ts';
import type { Report } from './report.ts';

const judge = join(root, '.ci/judges/clients.py');
const goodVerdict = 'served as GeWe would';

/** `CLIENT=PROGRAM` for each of the public GeWe clients, as the judge takes them. */
export type Clients = readonly string[];

/**
 * Installs them into a folder; those that are there already stay. It takes both cores for a minute, so it gives way
 * to everything else. Throws `CommandFailed`.
 */
export async function installClients(folder: string, signal: AbortSignal): Promise<Clients> {
  const install = ['-n', '19', join(root, '.ci/install-clients'), folder];
  return linesOf(await runCommand('nice', install, { env: process.env, signal }));
}

/** What the service has to be deployed with for the judge. */
export async function settingsForClients(signal: AbortSignal): Promise<Settings> {
  const printed = await runCommand('python3', [judge, 'settings'], { env: process.env, signal });
  return Object.fromEntries(Object.entries(parseEnv(printed)).map(([name, value = '']) => [name, value]));
}

/** Each client, unmodified, is used against the deployed API: a verdict that is missing is a fault like a bad one. */
export async function judgeClients(
  clients: Clients,
  run: {
    readonly url: string;
    readonly geweUrl: string;
    /** The clients write their own logs where they are started. */
    readonly folder: string;
    readonly signal: AbortSignal;
    readonly report: Report;
  },
): Promise<void> {
  const { url, geweUrl, folder, signal, report } = run;
  report.step('public clients, as they are published, ask the deployed API');
  const env = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
  const options = { cwd: folder, env, signal, show: true };
  const verdicts = await runCommand('python3', [judge, url, geweUrl, ...clients], options).catch(
    (error: unknown) => {
      if (error instanceof CommandFailed) return error.written;
      throw error;
    },
  );
  for (const name of clients.map((client) => client.replace(/=.*$/, ''))) {
    const verdict = linesOf(verdicts).find((line) => line.startsWith(`${name}: `)) ?? `${name}: no verdict`;
    const told = `the deployed API, asked by the public client ${verdict}`;
    if (verdict.endsWith(goodVerdict)) report.fact(told);
    else report.fault(told);
  }
}

function linesOf(text: string): readonly string[] {
  return text.trim().split('\n');
}
