import { dueAgainMs, dueShards, type Policy } from './policy.ts';
import type { DeviceRecord, EpochMs } from './record.ts';
import type { Decision, Delivery } from './refresh-events.ts';
import { type StartRequest, start } from './refresh-start.ts';
import { advance } from './refresh-steps.ts';
import { nextDue } from './subscription.ts';

/** The partition of the index that a device is found in while it is due at some time: 0 to `dueShards - 1`. */
export function dueShardOf(deviceKey: string): number {
  return deviceKey.charCodeAt(0) % dueShards;
}

export type DueOutcome =
  /** The index was behind, or somebody else was first. */
  | { readonly kind: 'not-due' }
  /** A refresh has just ended that says it all: the next period's turn. */
  | { readonly kind: 'recent' }
  | { readonly kind: 'begun' | 'joined'; readonly send?: Delivery };

/** The schedule found a device whose refresh cannot be begun now: it is looked at again in half an hour. */
export function postpone(record: DeviceRecord | undefined, nowMs: EpochMs): Decision<void> {
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome: undefined };
  }
  const next = advance(record, { subscription: { ...subscription, dueAtMs: nowMs + dueAgainMs } });
  return { next, outcome: undefined };
}

/**
 * The schedule found a device: begins its refresh, or joins the one that is under way. Either way it is due again in
 * half an hour, until the end of the refresh sets the real time. Missed periods run once.
 */
export function startDue(
  record: DeviceRecord | undefined,
  request: Omit<StartRequest, 'trigger'>,
  policy: Policy,
): Decision<DueOutcome> {
  const { nowMs } = request;
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome: { kind: 'not-due' } };
  }
  const { next, archive, outcome } = start(record, { ...request, trigger: 'schedule' }, policy);
  if (outcome.kind === 'recent') {
    const later = nextDue(subscription, nowMs);
    return { next: advance(record, { subscription: later }), outcome: { kind: 'recent' } };
  }
  // Beginning may have ended an abandoned refresh, which counts as a failure.
  const base = next ?? advance(record, {});
  const moved = { ...(base.subscription ?? subscription), dueAtMs: nowMs + dueAgainMs };
  return {
    next: { ...base, subscription: moved },
    ...(archive && { archive }),
    outcome: { kind: outcome.kind, ...(outcome.send && { send: outcome.send }) },
  };
}
