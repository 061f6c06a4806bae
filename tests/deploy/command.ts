import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment: nothing is inherited that is not named. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command and all that it started. */
  readonly signal: AbortSignal;
  /** Passes on what the command writes. */
  readonly show?: boolean;
}

/** A command said no, or could not be started. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  /** To its standard output. */
  readonly written: string;

  constructor(message: string, written: string, options?: ErrorOptions) {
    super(message, options);
    this.written = written;
  }
}

/** Runs a command to its end; gives what it wrote to its standard output. Throws `CommandFailed` with all it wrote. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal, show = false }: CommandOptions,
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    detached: true,
    env,
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => killGroup(child, 'SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const written: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    written.push(chunk);
    all.push(chunk);
    if (show) process.stdout.write(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    all.push(chunk);
    if (show) process.stderr.write(chunk);
  });
  const ended: unknown[] = await once(child, 'close').catch((error: unknown) => {
    throw new CommandFailed(`${command} could not be started`, '', { cause: error });
  });
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (ended[0] !== 0) {
    throw new CommandFailed(
      `${command} ${args.join(' ').slice(0, 200)} failed:\n${show ? '' : Buffer.concat(all)}`,
      Buffer.concat(written).toString(),
    );
  }
  return Buffer.concat(written).toString();
}

/** To a process that leads its group, and to all of the group; does nothing when they have ended. */
export function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // They have ended already.
  }
}
