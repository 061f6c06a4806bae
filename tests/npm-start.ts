import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** The ports of one `npm start`, by the variables that set them. */
export type Ports = Readonly<Record<(typeof portVariables)[number], number>>;

const portVariables = [
  'PORT',
  'PRISM_PORT',
  'GEWE_MOCK_PORT',
  'DYNAMODB_PORT',
  'SQS_PORT',
  'EVENTS_PORT',
] as const;

const readyTimeoutMs = 50_000;
const endTimeoutMs = 10_000;

/** Ports that nobody listens on just now. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(portVariables.map(() => listen(0)));
  const ports = servers.map((server) => portOf(server));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  const [api = 0, prism = 0, geweMock = 0, dynamoDb = 0, sqs = 0, events = 0] = ports;
  return {
    PORT: api,
    PRISM_PORT: prism,
    GEWE_MOCK_PORT: geweMock,
    DYNAMODB_PORT: dynamoDb,
    SQS_PORT: sqs,
    EVENTS_PORT: events,
  };
}

/** One `npm start`, in a process group of its own, as a terminal would have it. */
export interface NpmStart {
  /** All it wrote so far. */
  output(): string;
  /** Ends it and waits for npm's end; `group` sends the signal to every process of the group, as Ctrl-C does. */
  end(signal: NodeJS.Signals, to: 'npm' | 'group'): Promise<void>;
}

/** Resolves when it says that it is ready; rejects with its output when it does not. */
export async function npmStart(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<NpmStart> {
  const child = spawn('npm', ['start', '--', ...args], {
    // What somebody keeps in .env is theirs.
    env: { ...process.env, ENV_FILE: '', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = once(child, 'exit');
  const ready = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Ready.')) resolve(true);
      });
    }
  });
  const timeout = new Promise<false>((resolve) => setTimeout(() => resolve(false), readyTimeoutMs).unref());
  if (!(await Promise.race([ready, timeout, ended.then(() => false)]))) {
    kill(child, 'SIGKILL', 'group');
    throw new Error(`npm start was not ready:\n${output}`);
  }
  return {
    output: () => output,
    async end(signal, to) {
      kill(child, signal, to);
      await ended;
    },
  };
}

/** What is left of a stack on these ports: processes, and ports that are taken. Looks again until nothing is left. */
export async function leftOvers(ports: Ports, dataDir: string): Promise<readonly string[]> {
  for (const untilMs = Date.now() + endTimeoutMs; ; ) {
    const left = [...processesOf(dataDir), ...(await takenPorts(ports))];
    if (left.length === 0 || Date.now() > untilMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** By what they were started with, where the system tells it. */
function processesOf(dataDir: string): readonly string[] {
  const lines = execFileSync('ps', ['-A', 'eww', '-o', 'pid=,command='], { maxBuffer: 64 << 20 })
    .toString()
    .split('\n');
  return lines.filter((line) => line.includes(`LOCAL_DATA_DIR=${dataDir}`));
}

async function takenPorts(ports: Ports): Promise<readonly string[]> {
  const taken = await Promise.all(
    Object.entries(ports).map(async ([variable, port]) => {
      try {
        await once((await listen(port)).close(), 'close');
        return [];
      } catch {
        return [`${variable} ${port} is taken`];
      }
    }),
  );
  return taken.flat();
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals, to: 'npm' | 'group'): void {
  if (pid === undefined) return;
  try {
    process.kill(to === 'group' ? -pid : pid, signal);
  } catch {
    // It has ended already.
  }
}
