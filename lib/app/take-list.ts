import { differenceBetween, sizeOf } from '../domain/changes.ts';
import { type Contacts, countsOf, digestOf, total } from '../domain/contacts.ts';
import { judge } from '../domain/guard.ts';
import type { ChangeStore, Clock, RecordStore, SnapshotStore } from '../domain/ports.ts';
import type { DeviceRecord, Slot } from '../domain/record.ts';
import { heldBy } from '../domain/refresh.ts';
import type { Claim, ClaimOutcome, Event } from '../domain/refresh-events.ts';
import { packBody, unpackBody } from '../domain/snapshot-body.ts';
import { partDigestOf, splitIntoParts } from '../domain/snapshot-parts.ts';
import type { Watcher } from '../domain/watcher.ts';

export interface TakeListPorts {
  readonly records: RecordStore;
  readonly snapshots: SnapshotStore;
  readonly changes: ChangeStore;
  readonly clock: Clock;
  readonly watcher?: Watcher;
}

/**
 * A list came: judges it, and writes one that is new into the slot that is not current, and its change beside it.
 * Nothing is served of it before the record points there, which the event that is returned does when it is
 * settled. Undefined when the claim has been overtaken. Throws `StoreUnavailable`.
 */
export async function takeList(
  contacts: Contacts,
  held: {
    readonly deviceKey: string;
    readonly claim: Claim;
    readonly work: Extract<ClaimOutcome, { kind: 'work' }>;
  },
  ports: TakeListPorts,
): Promise<Event | undefined> {
  const { deviceKey, claim, work } = held;
  const record = await ports.records.load(deviceKey);
  const nowMs = ports.clock.now();
  if (record === undefined || heldBy(record, claim, nowMs) === undefined) return undefined;
  const digest = digestOf(contacts);
  const stored =
    record.snapshot?.digest === digest ? undefined : await storedContacts(record, deviceKey, ports);
  const difference = stored && differenceBetween(stored, contacts);
  switch (judge(record, { digest, contacts, work: work.work }, difference, nowMs)) {
    case 'unchanged':
      return { kind: 'unchanged', work: work.work };
    case 'memory':
      ports.watcher?.refused('memory');
      return { kind: 'silence' };
    case 'shrunken':
      ports.watcher?.refused('shrunken');
      return { kind: 'shrunken', work: work.work };
    case 'changed':
      break;
  }
  const slot: Slot = record.snapshot?.slot === 'A' ? 'B' : 'A';
  const parts = splitIntoParts(packBody(contacts));
  if (!(await ports.snapshots.write(deviceKey, slot, work.fence, parts))) return undefined;
  const before = record.snapshot;
  if (before) {
    const change = { from: before.digest, to: digest, atMs: nowMs, ...(difference && { difference }) };
    await ports.changes.put(deviceKey, record.rev + 1, change);
  }
  const counts = countsOf(contacts);
  const snapshot = {
    slot,
    digest,
    partDigests: parts.map(partDigestOf),
    counts,
    asOfMs: work.work === 'list' ? work.call.startedAtMs : work.call.oldestMs,
    receivedAtMs: nowMs,
    changedAtMs: nowMs,
  };
  const grown = total(counts) - (before ? total(before.counts) : 0);
  const added = difference ? sizeOf(difference.added) : Math.max(0, grown);
  const removed = difference ? sizeOf(difference.removed) : Math.max(0, -grown);
  return { kind: 'changed', work: work.work, snapshot, result: { counts, added, removed } };
}

async function storedContacts(
  { snapshot }: DeviceRecord,
  deviceKey: string,
  ports: TakeListPorts,
): Promise<Contacts | undefined> {
  const gzip = snapshot && (await ports.snapshots.read(deviceKey, snapshot));
  return gzip && unpackBody(gzip);
}
