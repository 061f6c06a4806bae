import { delayUntilS, type Policy, resendIntervalMs } from '../device/policy.ts';
import type { Decision, DeviceRecord, EpochMs, OpenRefresh, Trigger } from '../device/record.ts';
import { advance, emptyRecord, isOpen } from '../device/record.ts';
import type { OutgoingStep } from './refresh-rules.ts';
import { asSeen, begin, join, lostFromMs, quietUntilMs, type StartRequest } from './refresh-rules.ts';

// When changes are reported, the list is fetched again by a call that begins after them: once, however many arrive. A running refresh has
// called GeWe before, so a rerun is requested; a queued one will see them all.

export type RerunOutcome =
  /** Nobody may refresh this device by itself: it has no such subscription, or its token is rejected. */
  | { readonly kind: 'unsubscribed' }
  /** A refresh that is yet to call GeWe will see it; `send` when that one's message may have been lost. */
  | { readonly kind: 'joined'; readonly send?: OutgoingStep }
  /** A rerun begins when the running refresh has ended, or is requested already. */
  | { readonly kind: 'pending' }
  /** A rerun message is to be sent, with that delay. */
  | { readonly kind: 'requested'; readonly delayS: number };

/** A change was reported. `subscriptionSuffix`: the subscription it was reported for, where it names one. */
export function rerunForSubscription(
  record: DeviceRecord | undefined,
  change: { readonly nowMs: EpochMs; readonly trigger: Trigger; readonly subscriptionSuffix?: string },
  policy: Policy,
): Decision<RerunOutcome> {
  const { nowMs, trigger, subscriptionSuffix } = change;
  const subscription = record?.subscription;
  const isOther = subscriptionSuffix !== undefined && subscription?.suffix !== subscriptionSuffix;
  if (record === undefined || subscription === undefined || subscription.stopped || isOther) {
    return { outcome: { kind: 'unsubscribed' } };
  }
  return rerunAfterChange(record, { nowMs, trigger }, policy);
}

/** The same, reported by who has the token: it needs no subscription, and the device may be a new or an erased one. */
export function rerunForOwner(
  record: DeviceRecord | undefined,
  change: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<RerunOutcome, { kind: 'unsubscribed' }>> {
  const { erasedAtMs: _revived, ...known } = record ?? emptyRecord;
  return rerunAfterChange(known, change, policy);
}

function rerunAfterChange(
  record: DeviceRecord,
  { nowMs, trigger }: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<RerunOutcome, { kind: 'unsubscribed' }>> {
  const refresh = record.refresh && asSeen(record.refresh, nowMs);
  // What the latest list call covers was reported before it: this was not.
  const pending = record.rerun?.isCovered ? undefined : record.rerun;
  if (refresh && isOpen(refresh)) {
    const callMayRun = record.call !== undefined && nowMs < record.call.mayRunUntilMs;
    const willSee = refresh.status === 'queued' && !callMayRun;
    if (willSee || mayBeUnsent(refresh)) {
      const joined = join(record, refresh, { nowMs, trigger });
      const send = joined.outcome.kind === 'joined' ? joined.outcome.send : undefined;
      const isSeenTo = send ? willSee || pending : isSentLately(pending, nowMs);
      if (isSeenTo) return { ...joined, outcome: { kind: 'joined', ...(send && { send }) } };
      // The message of a queued refresh is sent again in case it was lost: the rerun message finds that out.
      const earliestMs = pending?.notBeforeMs ?? nowMs + (willSee ? 0 : policy.changeDebounceMs);
      return requested(record, { notBeforeMs: Math.max(earliestMs, lostFromMs(refresh)), trigger }, nowMs);
    }
    if (pending) return { outcome: { kind: 'pending' } };
    const rerun = { notBeforeMs: nowMs + policy.changeDebounceMs, trigger };
    return { next: advance(record, { rerun }), outcome: { kind: 'pending' } };
  }
  if (isSentLately(pending, nowMs)) return { outcome: { kind: 'pending' } };
  const quietMs = refresh ? quietUntilMs(refresh, policy) : nowMs;
  const notBeforeMs = pending?.notBeforeMs ?? Math.max(nowMs + policy.changeDebounceMs, quietMs);
  return requested(record, { trigger, ...pending, notBeforeMs }, nowMs);
}

/** The rerun's message is sent again now and then: whoever requested it before may have crashed before it was sent. */
function isSentLately(pending: DeviceRecord['rerun'], nowMs: EpochMs): boolean {
  return pending?.sentAtMs !== undefined && nowMs < pending.sentAtMs + resendIntervalMs;
}

function requested(
  record: DeviceRecord,
  rerun: { readonly notBeforeMs: EpochMs; readonly trigger: Trigger },
  nowMs: EpochMs,
): Decision<Extract<RerunOutcome, { kind: 'requested' }>> {
  return {
    next: advance(record, { rerun: { ...rerun, sentAtMs: nowMs } }),
    outcome: { kind: 'requested', delayS: delayUntilS(rerun.notBeforeMs, nowMs) },
  };
}

export type StartRerunOutcome =
  | { readonly kind: 'begun' | 'resent'; readonly send: OutgoingStep }
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  /** It is done with, or will be when the refresh under way has ended. */
  | { readonly kind: 'drop' };

/** A rerun message was received. */
export function startRerun(
  record: DeviceRecord | undefined,
  request: Omit<StartRequest, 'trigger'>,
  policy: Policy,
): Decision<StartRerunOutcome> {
  const { nowMs } = request;
  const rerun = record?.rerun;
  if (record === undefined || rerun === undefined) return { outcome: { kind: 'drop' } };
  const refresh = record.refresh && asSeen(record.refresh, nowMs);
  if (refresh && isOpen(refresh)) {
    // It may be the one that was begun for this message, by a worker that crashed before it sent the step.
    const joined = join(record, refresh, { nowMs, trigger: rerun.trigger });
    const { outcome } = joined;
    if (outcome.kind !== 'joined') return { outcome: { kind: 'drop' } };
    if (outcome.send === undefined) {
      // The end of the refresh sends the rerun's message again. Whether its own message was lost may show only later.
      if (!mayBeUnsent(refresh)) return { outcome: { kind: 'drop' } };
      return { outcome: { kind: 'wait', untilMs: lostFromMs(refresh) } };
    }
    return { ...joined, outcome: { kind: 'resent', send: outcome.send } };
  }
  const notBeforeMs = Math.max(rerun.notBeforeMs, refresh ? quietUntilMs(refresh, policy) : 0);
  if (nowMs < notBeforeMs) return { outcome: { kind: 'wait', untilMs: notBeforeMs } };
  // The pending rerun is cleared when a list call that begins now is known to have been made: only then is the change certain to be seen.
  const begun = begin(record, { ...request, trigger: rerun.trigger }, policy);
  const { outcome } = begun;
  if (outcome.kind !== 'begun' || outcome.send === undefined) return { outcome: { kind: 'drop' } };
  return { ...begun, outcome: { kind: 'begun', send: outcome.send } };
}

/** Who began the refresh may have crashed before its message was sent. Later steps are sent again by the message before. */
function mayBeUnsent({ status, step }: OpenRefresh): boolean {
  return status === 'queued' && step === 1;
}

/**
 * A refresh has ended, and a rerun is pending: the delay of its message, in whole seconds. Undefined when none is pending, or the
 * next refresh is under way already, and will see to it.
 */
export function rerunDelayS(record: DeviceRecord, nowMs: EpochMs, policy: Policy): number | undefined {
  const { rerun, refresh } = record;
  if (rerun === undefined || refresh === undefined) return undefined;
  if (isOpen(refresh)) return mayBeUnsent(refresh) ? delayUntilS(lostFromMs(refresh), nowMs) : undefined;
  return delayUntilS(Math.max(rerun.notBeforeMs, quietUntilMs(refresh, policy)), nowMs);
}
