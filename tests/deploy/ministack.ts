import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup, runCommand } from './command.ts';

const readyTimeoutMs = 60_000;
const endTimeoutMs = 10_000;

export interface MiniStack {
  readonly url: string;
  readonly port: number;
  /** All it wrote. */
  output(): string;
  /** The processes in which a function runs just now. */
  workersOf(functionName: string): Promise<readonly number[]>;
  close(): Promise<void>;
}

/**
 * An AWS endpoint on 127.0.0.1 that enforces IAM, records every call and stops recursive loops. `python`: the one that has MiniStack. Its Lambda functions inherit its
 * environment: it gets none but what is named here, and the Node that runs this, which is the lockfile's.
 */
export async function startMiniStack(
  python: string,
  folder: string,
  signal: AbortSignal,
): Promise<MiniStack> {
  const port = await freePort();
  const tmp = join(folder, 'ministack-tmp');
  mkdirSync(tmp, { recursive: true });
  const child = spawn(python, [join(import.meta.dirname, 'ministack_with_loops.py')], {
    cwd: folder,
    detached: true,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: folder,
      TMPDIR: tmp,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      CLOUDTRAIL_RECORDING: '1',
      CLOUDTRAIL_MAX_EVENTS: '200000',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const stack: MiniStack = {
    url,
    port,
    output: () => output,
    async workersOf(functionName) {
      const lines = await runCommand('ps', ['-A', '-o', 'pid=,ppid=,args='], { env: process.env, signal });
      return lines
        .split('\n')
        .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line))
        .filter((found) => Number(found?.[2]) === child.pid && found?.[3]?.includes(`-${functionName}-`))
        .map((found) => Number(found?.[1]));
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      killGroup(child, 'SIGTERM');
      const late = setTimeout(() => killGroup(child, 'SIGKILL'), endTimeoutMs);
      await ended;
      clearTimeout(late);
      killGroup(child, 'SIGKILL');
    },
  };
  for (const untilMs = Date.now() + readyTimeoutMs; ; await sleep(200, undefined, { signal })) {
    if (child.exitCode !== null || Date.now() > untilMs) {
      await stack.close();
      throw new Error(`MiniStack did not start:\n${output}`);
    }
    if (await isHealthy(url)) return stack;
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  await once(server.close(), 'close');
  return address.port;
}
