import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Released by `release`, and by the end of the process, whatever ended it. */
export interface DataLock {
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process: a second one that opened the same store would crash. The lock is that of a SQLite
 * file, which the system lets go when its process ends. Throws an error for a person to read when another process holds it.
 */
export async function lockData(dataDir: string): Promise<DataLock> {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : String(cause);
    throw new Error(`LOCAL_DATA_DIR: ${dataDir} cannot be made or is no folder (${reason})`, { cause });
  }
  const db = new DatabaseSync(join(dataDir, 'lock.db'));
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    const what = `${dataDir} is in use by another npm start: stop that one, or set LOCAL_DATA_DIR`;
    throw new Error(what, { cause });
  }
  return { release: async () => db.close() };
}
