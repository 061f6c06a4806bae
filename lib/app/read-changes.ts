import { type Difference, differenceSince } from '../domain/changes.ts';
import type { ChangeStore, RecordStore } from '../domain/ports.ts';
import type { SnapshotRef } from '../domain/record.ts';

export interface ReadChangesPorts {
  readonly records: RecordStore;
  readonly changes: ChangeStore;
}

export type ChangesSince =
  | { readonly kind: 'nothing' }
  /** `since` is unknown, too old, or lies behind a change too large to be kept. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'changes'; readonly snapshot: SnapshotRef; readonly difference: Difference };

/** What came and what went between the list of digest `since` and the stored one. Throws `StoreUnavailable`. */
export async function readChanges(
  deviceKey: string,
  since: string,
  ports: ReadChangesPorts,
): Promise<ChangesSince> {
  const snapshot = (await ports.records.load(deviceKey))?.snapshot;
  if (snapshot === undefined) return { kind: 'nothing' };
  const difference = await differenceSince(since, snapshot.digest, ports.changes.newestFirst(deviceKey));
  return difference ? { kind: 'changes', snapshot, difference } : { kind: 'gone' };
}
