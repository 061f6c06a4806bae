import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that one part of the stack is about to listen on. */
export interface PortClaim {
  /** What the part is, for people. */
  readonly part: string;
  /** The environment variable that changes the port. */
  readonly variable: string;
  readonly port: number;
  /** Where it listens, if that is not 127.0.0.1 alone. */
  readonly host?: string;
}

/** A stack that was just told to stop, or was killed, has let its ports go by then. */
const patienceMs = 3_000;

/**
 * Tells in words what is wrong with the ports: taken by another program, and still so after a while, or claimed twice.
 * Empty when every part can have its own.
 */
export async function portFaults(
  claims: readonly PortClaim[],
  waitMs: number = patienceMs,
): Promise<readonly string[]> {
  for (const untilMs = Date.now() + waitMs; ; await sleep(100)) {
    const faults = await faultsNow(claims);
    if (faults.length === 0 || Date.now() >= untilMs) return faults;
  }
}

async function faultsNow(claims: readonly PortClaim[]): Promise<readonly string[]> {
  const faults = await Promise.all(
    claims.map(async (claim, index) => {
      const rival = claims.slice(0, index).find((other) => other.port === claim.port);
      if (rival) return `${nameOf(claim)} is also the port of ${rival.part} (set ${claim.variable})`;
      return (await isTaken(claim)) ? `${nameOf(claim)} is taken (set ${claim.variable})` : undefined;
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}

const nameOf = ({ part, port }: PortClaim) => `port ${port} of ${part}`;

/** A listener on ::1 alone leaves 127.0.0.1 free, and yet answers everybody who asks "localhost". */
async function isTaken({ port, host = '127.0.0.1' }: PortClaim): Promise<boolean> {
  return (
    !(await canListen(port, '127.0.0.1')) || !(await canListen(port, host)) || (await answers(port, '::1'))
  );
}

/** Also where the machine has no such address: that is another fault. */
function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
      )
      .listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });
}
