import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface OfflineOptions {
  /** The repository: where `serverless.yml` stands. */
  readonly root: string;
  readonly apiPort: number;
  readonly lambdaPort: number;
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  /** Takes what the functions and serverless-offline write, line by line. */
  readonly log: (line: string) => void;
  /** The process ended by itself too often and is not started any more. */
  readonly onGivenUp: () => void;
}

const maxRestarts = 3;
const restartWindowMs = 60_000;
const stopTimeoutMs = 2_000;

/** The table of routes that serverless-offline draws, and the empty lines around it. */
const noise = /^(?:[┌│└].*|\s*)$/;

/**
 * Runs serverless-offline in a process of its own: the functions behind the API's port and the invoke port.
 * `ready` resolves when both answer, and rejects when the process ends before. One that ends later is started again,
 * because nothing is lost with it: its refreshes go on when their leases have ended. `stop` can be called at any time.
 */
export function startOffline(options: OfflineOptions): {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
} {
  const { log, onGivenUp } = options;
  const endsAtMs: number[] = [];
  let stopping = false;
  let child = launch(options);
  const ready = untilReady(child).then(() => {
    child.once('exit', startAgain);
  });

  function startAgain(code: number | null, signal: NodeJS.Signals | null): void {
    if (stopping) return;
    const nowMs = Date.now();
    endsAtMs.push(nowMs);
    const recent = endsAtMs.filter((endedAtMs) => nowMs - endedAtMs < restartWindowMs);
    if (recent.length > maxRestarts) {
      log(`ended again (${signal ?? code}), ${recent.length} times within a minute`);
      onGivenUp();
      return;
    }
    log(`ended unexpectedly (${signal ?? code}), starting it again`);
    child = launch(options);
    child.once('exit', startAgain);
    child.once('message', () => log('ready again'));
  }

  return {
    ready,
    async stop() {
      stopping = true;
      await end(child);
    },
  };
}

/** Its own process group: a Ctrl-C in the terminal reaches the parent alone, which then stops the parts in order. */
function launch({ root, apiPort, lambdaPort, env, log }: OfflineOptions): ChildProcess {
  const script = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const ports = ['--httpPort', String(apiPort), '--lambdaPort', String(lambdaPort)];
  const child = spawn(process.execPath, [script, 'offline', 'start', ...ports], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on('line', (line) => noise.test(line) || log(line));
  }
  return child;
}

async function untilReady(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit').then(([code, signal]) => `serverless-offline ended (${signal ?? code})`);
  const message = once(child, 'message').then(() => undefined);
  const fault = await Promise.race([exit, message]);
  if (fault !== undefined) throw new Error(fault);
}

/** The child ends when its channel closes (offline-plugin.cjs); if it cannot, it is killed with all it started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await Promise.race([exit, sleep(stopTimeoutMs, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
}
