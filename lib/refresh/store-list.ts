import { differenceBetween, sizeOf } from '../device/changes.ts';
import { type Contacts, countsOf, digestOf, total } from '../device/contacts.ts';
import type { Ports } from '../device/ports.ts';
import type { Slot } from '../device/record.ts';
import { judge } from './guard-rules.ts';
import type { ClaimOutcome, WorkOutcome } from './refresh-rules.ts';

export type TakeListPorts = Pick<Ports, 'snapshots' | 'changes' | 'clock' | 'telemetry'>;

/**
 * A list came: judges it, and writes one that is new into the slot that is not current, and its change beside it.
 * Nothing is served of it before the record points there, which the event that is returned does when it is
 * settled. Undefined when a later claim has written already. Throws `StoreUnavailable`.
 */
export async function takeList(
  contacts: Contacts,
  held: {
    readonly deviceKey: string;
    readonly work: Extract<ClaimOutcome, { kind: 'work' }>;
  },
  ports: TakeListPorts,
): Promise<WorkOutcome | undefined> {
  const { deviceKey, work } = held;
  // While a claim holds, nobody else changes what is stored of the list: no other look is needed.
  const { record } = work;
  const nowMs = ports.clock.now();
  const digest = digestOf(contacts);
  const stored =
    record.snapshot === undefined || record.snapshot.digest === digest
      ? undefined
      : await ports.snapshots.read(deviceKey, record.snapshot);
  const difference = stored && differenceBetween(stored, contacts);
  switch (judge(record, { digest, contacts, work: work.work }, difference, nowMs)) {
    case 'unchanged':
      return { kind: 'unchanged', work: work.work };
    case 'stale-cache':
      ports.telemetry?.listRejected('stale-cache');
      return { kind: 'nothing-new' };
    case 'suspicious-shrink':
      ports.telemetry?.listRejected('suspicious-shrink');
      return { kind: 'suspicious-shrink', work: work.work };
    case 'changed':
      break;
  }
  const slot: Slot = record.snapshot?.slot === 'A' ? 'B' : 'A';
  const partDigests = await ports.snapshots.write(deviceKey, slot, record.rev, contacts);
  if (partDigests === 'overtaken') return undefined;
  if (partDigests === 'too-large') {
    // GeWe's cache would give it again: only a list call can bring another.
    return work.work === 'poll'
      ? { kind: 'nothing-new' }
      : { kind: 'failed', work: 'list', class: 'upstream-malformed' };
  }
  const before = record.snapshot;
  if (before) {
    const change = { from: before.digest, to: digest, atMs: nowMs, ...(difference && { difference }) };
    await ports.changes.put(deviceKey, record.rev, change);
  }
  const counts = countsOf(contacts);
  const snapshot = {
    slot,
    digest,
    partDigests,
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
