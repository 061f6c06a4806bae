import { type Difference, differenceSince } from '../device/changes.ts';
import type { Ports } from '../device/ports.ts';
import { type RecordStore, StoreUnavailable } from '../device/ports.ts';
import { type DeviceRecord, isOpen, type Refresh, type SnapshotRef } from '../device/record.ts';
import { refreshIn } from './refresh-rules.ts';

export type ReadContactsPorts = Pick<Ports, 'records' | 'snapshots' | 'telemetry'>;

export type StoredContacts =
  | { readonly kind: 'nothing' }
  /** The caller has this list already. */
  | { readonly kind: 'known'; readonly snapshot: SnapshotRef }
  /** `gzip`: the body as it is served, see `SnapshotStore.readPacked`. */
  | { readonly kind: 'list'; readonly snapshot: SnapshotRef; readonly gzip: Uint8Array };

/**
 * The stored list: exactly one that was given whole. `isKnown` may spare the reading of the list itself.
 * Throws `StoreUnavailable`.
 */
export async function readContacts(
  deviceKey: string,
  ports: ReadContactsPorts,
  isKnown: (digest: string) => boolean = () => false,
): Promise<StoredContacts> {
  const { records, snapshots, telemetry } = ports;
  const stored = await readSnapshot<'known' | Uint8Array>(deviceKey, records, async (snapshot) =>
    isKnown(snapshot.digest) ? 'known' : snapshots.readPacked(deviceKey, snapshot),
  );
  if (stored === undefined) return { kind: 'nothing' };
  const { snapshot, content } = stored;
  telemetry?.served(snapshot.asOfMs);
  return content === 'known' ? { kind: 'known', snapshot } : { kind: 'list', snapshot, gzip: content };
}

/** A slot is rewritten at most once a refresh: a reader that met that once finds the new list at once. */
const maxTries = 4;

/**
 * What `read` makes of the list that the record points at; undefined when there is no list. `read` gives undefined when the list
 * has been replaced meanwhile: then the record is loaded again. `known`: the record, where it was just loaded. Throws `StoreUnavailable`.
 */
export async function readSnapshot<Content>(
  deviceKey: string,
  records: Pick<RecordStore, 'load'>,
  read: (snapshot: SnapshotRef) => Promise<Content | undefined>,
  known?: DeviceRecord,
): Promise<{ readonly snapshot: SnapshotRef; readonly content: Content } | undefined> {
  let record = known ?? (await records.load(deviceKey));
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const snapshot = record?.snapshot;
    if (snapshot === undefined) return undefined;
    const content = await read(snapshot);
    if (content !== undefined) return { snapshot, content };
    record = await records.load(deviceKey);
  }
  throw new StoreUnavailable('the parts of the stored list do not match its record');
}

export type ReadChangesPorts = Pick<Ports, 'records' | 'changes'>;

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

export type ReadRefreshPorts = Pick<Ports, 'records' | 'archive' | 'clock'>;

/** A refresh as it stands, and how long the last one like it took, where that is known. */
export interface SeenRefresh {
  readonly refresh: Refresh;
  readonly expectedMs: number | undefined;
}

/** The refresh of this id; undefined when there is none, or it ended more than 24 h ago. Throws `StoreUnavailable`. */
export async function readRefresh(
  deviceKey: string,
  refreshId: string,
  ports: ReadRefreshPorts,
): Promise<SeenRefresh | undefined> {
  const record = await ports.records.load(deviceKey);
  if (record === undefined || record.erasedAtMs !== undefined) return undefined;
  const refresh =
    refreshIn(record, refreshId, ports.clock.now()) ?? (await ports.archive.find(deviceKey, refreshId));
  return refresh && { refresh, expectedMs: record.expectedMs };
}

const firstLookMs = 40;
const longestLookMs = 1_000;

/** Reads the refresh until it has ended, for at most `waitMs`; then as it stands. Ends early when the signal aborts. */
export async function awaitEnd(
  deviceKey: string,
  refreshId: string,
  waitMs: number,
  ports: ReadRefreshPorts,
  signal: AbortSignal,
): Promise<SeenRefresh | undefined> {
  const untilMs = ports.clock.now() + waitMs;
  for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 1.5, longestLookMs)) {
    const seen = await readRefresh(deviceKey, refreshId, ports);
    const leftMs = untilMs - ports.clock.now();
    if (seen === undefined || !isOpen(seen.refresh) || leftMs <= 0 || signal.aborted) return seen;
    await ports.clock.sleep(Math.min(lookMs, leftMs), signal);
  }
}
