import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Released by `release`, and by the end of the process, whatever ended it. */
export interface DataLock {
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process: a second one that opened the same store would crash. The lock is a local
 * socket named after the folder, because a lock file survives a `kill -9`. Throws an error for a person to read when
 * another process holds it.
 */
export async function lockData(dataDir: string): Promise<DataLock> {
  makeFolder(dataDir);
  const name = socketName(realpathSync(dataDir));
  const server = (await listenAt(name)) ?? ((await isLeftOver(name)) ? await listenAt(name) : undefined);
  if (server === undefined) {
    throw new Error(`${dataDir} is in use by another npm start: stop that one, or set LOCAL_DATA_DIR`);
  }
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : String(cause);
    throw new Error(`LOCAL_DATA_DIR: ${dataDir} cannot be made or is no folder (${reason})`, { cause });
  }
}

function socketName(folder: string): string {
  const name = `gewe-contacts-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  // Linux has sockets without a file, which vanish with their process.
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listenAt(name: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(name, () => resolve(server.unref()));
  });
}

/** Elsewhere the socket's file outlives a killed process: it refuses connections then, and is removed. */
function isLeftOver(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name)
      .once('connect', () => {
        socket.destroy();
        resolve(false);
      })
      .once('error', () => {
        if (!name.startsWith('\0')) rmSync(name, { force: true });
        resolve(true);
      });
  });
}
