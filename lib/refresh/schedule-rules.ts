import { dueAgainMs, dueShards, type Policy } from '../device/policy.ts';
import type { Decision, DeviceRecord, EpochMs, Subscription } from '../device/record.ts';
import { advance, isOpen } from '../device/record.ts';
import { nextDue } from '../device/subscription-rules.ts';
import type { OutgoingStep, StartOutcome } from './refresh-rules.ts';
import { begin, quietUntilMs, type StartRequest, start } from './refresh-rules.ts';

/** The partition of the index that a device is found in while it is due at some time: 0 to `dueShards - 1`. */
export function dueShardOf(deviceKey: string): number {
  return deviceKey.charCodeAt(0) % dueShards;
}

export type ScheduleOutcome =
  /** The index was behind, or somebody else was first. */
  | { readonly kind: 'not-due' }
  /** A refresh has just ended: it is due again later. */
  | { readonly kind: 'recent' }
  | { readonly kind: 'begun' | 'joined'; readonly send?: OutgoingStep };

/** The schedule found a device whose refresh cannot be begun now: it is looked at again in half an hour. */
export function postpone(
  record: DeviceRecord | undefined,
  nowMs: EpochMs,
): Decision<Extract<ScheduleOutcome, { kind: 'not-due' }>> {
  const outcome = { kind: 'not-due' } as const;
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome };
  }
  const next = advance(record, { subscription: { ...subscription, dueAtMs: nowMs + dueAgainMs } });
  return { next, outcome };
}

/** Calls to GeWe are spread over the time until the schedule looks again, and over a quarter of a shorter period. */
const longestSpreadMs = 60_000;

/**
 * The schedule found a device: begins its refresh, or joins the one that is under way. Either way it is due again in
 * half an hour, until the end of the refresh sets the real time. Missed periods run once. `jitter`: from 0 to below 1.
 */
export function startDue(
  record: DeviceRecord | undefined,
  due: Pick<StartRequest, 'nowMs' | 'suffix'> & { readonly jitter: number },
  policy: Policy,
): Decision<ScheduleOutcome> {
  const { nowMs, suffix, jitter } = due;
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome: { kind: 'not-due' } };
  }
  const spreadMs = Math.min(longestSpreadMs, (subscription.everyMs ?? longestSpreadMs) / 4);
  const request = {
    nowMs,
    suffix,
    trigger: 'schedule',
    notBeforeMs: nowMs + Math.floor(jitter * spreadMs),
  } as const;
  const { next, archive, outcome } = startThisPeriod(record, request, policy);
  if (outcome.kind === 'recent') {
    const later = laterOf(record, subscription, nowMs, policy);
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

/**
 * What the last period's refresh says is no reason to leave this one out: it only waits until that one is old enough, if
 * that is before the schedule looks again.
 */
function startThisPeriod(
  record: DeviceRecord,
  request: StartRequest & { readonly notBeforeMs: EpochMs },
  policy: Policy,
): Decision<StartOutcome> {
  const started = start(record, request, policy);
  const quietMs = quietAfterSchedule(record, policy);
  if (started.outcome.kind !== 'recent' || quietMs === undefined) return started;
  if (quietMs > request.nowMs + longestSpreadMs) return started;
  return begin(record, { ...request, notBeforeMs: Math.max(request.notBeforeMs, quietMs) }, policy);
}

/** A refresh that somebody else asked for stands for this period's. */
function laterOf(
  record: DeviceRecord,
  subscription: Subscription,
  nowMs: EpochMs,
  policy: Policy,
): Subscription {
  const quietMs = quietAfterSchedule(record, policy);
  return quietMs === undefined ? nextDue(subscription, nowMs) : { ...subscription, dueAtMs: quietMs };
}

/** Until when a refresh that the schedule began says all that another could; undefined when that ended was none. */
function quietAfterSchedule({ refresh }: DeviceRecord, policy: Policy): EpochMs | undefined {
  if (refresh === undefined || isOpen(refresh) || refresh.trigger !== 'schedule') return undefined;
  return quietUntilMs(refresh, policy);
}
