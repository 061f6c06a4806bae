import { type RecordStore, type SnapshotStore, StoreUnavailable } from '../domain/ports.ts';
import type { SnapshotRef } from '../domain/record.ts';
import type { Watcher } from '../domain/watcher.ts';

export interface ReadContactsPorts {
  readonly records: RecordStore;
  readonly snapshots: SnapshotStore;
  readonly watcher?: Watcher;
}

export type StoredContacts =
  | { readonly kind: 'nothing' }
  /** The caller has this list already. */
  | { readonly kind: 'known'; readonly snapshot: SnapshotRef }
  /** `gzip`: the body of GeWe's own face, as `packBody` made it. */
  | { readonly kind: 'list'; readonly snapshot: SnapshotRef; readonly gzip: Uint8Array };

/** A slot is rewritten at most once a refresh: a reader that met that once finds the new list at once. */
const maxTries = 4;

/**
 * The stored list: exactly one that was given whole. `isKnown` may spare the reading of the list itself.
 * Throws `StoreUnavailable`.
 */
export async function readContacts(
  deviceKey: string,
  ports: ReadContactsPorts,
  isKnown: (digest: string) => boolean = () => false,
): Promise<StoredContacts> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const snapshot = (await ports.records.load(deviceKey))?.snapshot;
    if (snapshot === undefined) return { kind: 'nothing' };
    const known = isKnown(snapshot.digest);
    const gzip = known ? undefined : await ports.snapshots.read(deviceKey, snapshot);
    if (!known && gzip === undefined) continue;
    ports.watcher?.served(snapshot.asOfMs);
    return gzip ? { kind: 'list', snapshot, gzip } : { kind: 'known', snapshot };
  }
  throw new StoreUnavailable('the parts of the stored list do not agree with its record');
}
