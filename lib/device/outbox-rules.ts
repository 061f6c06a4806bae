import type { FailureClass } from './failures.ts';
import type { Counts, Decision, DeviceRecord, EpochMs, Pending } from './record.ts';
import { advance, emptyRecord } from './record.ts';
import { subscriptionIdOf } from './subscription-rules.ts';

interface DeviceEventBase {
  /** A repeat has the same. */
  readonly eventId: string;
  readonly deviceKey: string;
  readonly subscriptionId: string | undefined;
  readonly refreshId: string;
  /** Grows with every event of a device. */
  readonly rev: number;
  readonly atMs: EpochMs;
}

/** What is published on EventBridge. */
export type DeviceEvent =
  | (DeviceEventBase & {
      readonly kind: 'changed';
      /** Absent when there was no list before. */
      readonly from: string | undefined;
      readonly to: string;
      readonly counts: Counts;
      readonly added: number;
      readonly removed: number;
    })
  | (DeviceEventBase & { readonly kind: 'failed'; readonly class: FailureClass });

/**
 * The pending events, with one more. While none can be published, changes become one, from the list that was published last to
 * the one that is stored, and of failures the latest is kept: a record has no room for a history.
 */
export function withPending(pending: readonly Pending[] = [], more: Pending): readonly Pending[] {
  const earlier = pending.find(({ kind }) => kind === more.kind);
  const others = pending.filter(({ kind }) => kind !== more.kind);
  if (more.kind !== 'changed' || earlier?.kind !== 'changed') return [...others, more];
  const { from: _later, ...rest } = more;
  const merged: Pending = {
    ...rest,
    ...(earlier.from !== undefined && { from: earlier.from }),
    added: earlier.added + more.added,
    removed: earlier.removed + more.removed,
  };
  return [...others, merged];
}

/** The events were published: what came since is still pending. */
export function markPublished(
  record: DeviceRecord | undefined,
  events: readonly DeviceEvent[],
): Decision<void> {
  const { pending = [], ...rest } = record ?? emptyRecord;
  const left = pending.filter(({ rev, kind }) => !events.some((one) => one.rev === rev && one.kind === kind));
  if (record === undefined || left.length === pending.length) return { outcome: undefined };
  return { next: advance({ ...rest, ...(left.length > 0 && { pending: left }) }, {}), outcome: undefined };
}

/** The events that are pending in a record, oldest first. */
export function eventsToPublish(record: DeviceRecord, deviceKey: string): readonly DeviceEvent[] {
  const { pending = [], snapshot, subscription } = record;
  const subscriptionId = subscription && subscriptionIdOf(deviceKey, subscription.suffix);
  return pending.flatMap((one): DeviceEvent[] => {
    const { refreshId, rev, atMs } = one;
    const base = { eventId: `${refreshId}-${one.kind}`, deviceKey, subscriptionId, refreshId, rev, atMs };
    if (one.kind === 'failed') return [{ ...base, kind: 'failed', class: one.error }];
    if (snapshot === undefined) return [];
    const { added, removed, from } = one;
    return [{ ...base, kind: 'changed', from, to: snapshot.digest, counts: snapshot.counts, added, removed }];
  });
}
