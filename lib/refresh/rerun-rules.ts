import { longestDelayS, type Policy, resendIntervalMs } from '../device/policy.ts';
import type { Decision, DeviceRecord, EpochMs, Trigger } from '../device/record.ts';
import { advance, emptyRecord, isOpen } from '../device/record.ts';
import type { OutgoingStep } from './refresh-rules.ts';
import { asSeen, begin, isHeld, join, lostFromMs, quietUntilMs, type StartRequest } from './refresh-rules.ts';

// A change that is heard of asks for a refresh whose list call begins after it. However many changes come, that is one
// refresh: a running one's call has begun, so it asks for one more; one that is queued will see them all.

export type RerunOutcome =
  /** Nobody may refresh this device by itself: it has no such subscription, or its token is rejected. */
  | { readonly kind: 'unsubscribed' }
  /** A refresh that is yet to call GeWe will see it; `send` when that one's message may have been lost. */
  | { readonly kind: 'joined'; readonly send?: OutgoingStep }
  /** One more refresh will begin when the one that runs has ended, or is asked for already. */
  | { readonly kind: 'pending' }
  /** An `again` message is to be sent, to be served after the delay. */
  | { readonly kind: 'requested'; readonly delayS: number };

/** A change was heard of. `subscriptionSuffix`: the subscription it was told to, where it was told to one. */
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
  return note(record, { nowMs, trigger }, policy);
}

/** The same, heard of by somebody who has the token: it needs no subscription, and the device may be a new or an erased one. */
export function rerunForOwner(
  record: DeviceRecord | undefined,
  change: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<RerunOutcome, { kind: 'unsubscribed' }>> {
  const { erasedAtMs: _revived, ...known } = record ?? emptyRecord;
  return note(known, change, policy);
}

function note(
  record: DeviceRecord,
  { nowMs, trigger }: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<RerunOutcome, { kind: 'unsubscribed' }>> {
  const refresh = record.refresh && asSeen(record.refresh, nowMs);
  // What the latest list call covers was heard of before it: this was not.
  const pending = record.rerun?.isCovered ? undefined : record.rerun;
  if (refresh && isOpen(refresh)) {
    const callMayRun = record.call !== undefined && nowMs < record.call.mayRunUntilMs;
    if (refresh.status === 'queued' && !callMayRun) {
      const { next, outcome } = join(record, refresh, { nowMs, trigger });
      const send = outcome.kind === 'joined' ? outcome.send : undefined;
      if (send || pending) {
        return { ...(next && { next }), outcome: { kind: 'joined', ...(send && { send }) } };
      }
      // It sees the change, unless its message was lost with who began it: the `again` message finds that out.
      return asked(record, { notBeforeMs: Math.max(nowMs, lostFromMs(refresh)), trigger }, nowMs);
    }
    if (pending) return { outcome: { kind: 'pending' } };
    const rerun = { notBeforeMs: nowMs + policy.changeDebounceMs, trigger };
    return { next: advance(record, { rerun }), outcome: { kind: 'pending' } };
  }
  // Sent again now and then: whoever asked for it before may have died before it was sent.
  if (pending && nowMs < (pending.sentAtMs ?? 0) + resendIntervalMs) return { outcome: { kind: 'pending' } };
  const quietMs = refresh ? quietUntilMs(refresh, policy) : nowMs;
  const notBeforeMs = pending?.notBeforeMs ?? Math.max(nowMs + policy.changeDebounceMs, quietMs);
  return asked(record, { trigger, ...pending, notBeforeMs }, nowMs);
}

function asked(
  record: DeviceRecord,
  rerun: { readonly notBeforeMs: EpochMs; readonly trigger: Trigger },
  nowMs: EpochMs,
): Decision<Extract<RerunOutcome, { kind: 'requested' }>> {
  return {
    next: advance(record, { rerun: { ...rerun, sentAtMs: nowMs } }),
    outcome: { kind: 'requested', delayS: delayS(rerun.notBeforeMs, nowMs) },
  };
}

export type StartRerunOutcome =
  | { readonly kind: 'begun' | 'resent'; readonly send: OutgoingStep }
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  /** It is done with, or will be when the refresh under way has ended. */
  | { readonly kind: 'drop' };

/** An `again` message came. */
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
    // It may be the one that was begun for this message, by who died before its own message was sent.
    const { next, outcome } = join(record, refresh, { nowMs, trigger: rerun.trigger });
    if (outcome.kind !== 'joined') return { outcome: { kind: 'drop' } };
    if (outcome.send === undefined) {
      // Who works on it sees to what is pending at its end. A message that may yet turn out to be lost is waited for.
      if (isHeld(refresh, nowMs)) return { outcome: { kind: 'drop' } };
      return { outcome: { kind: 'wait', untilMs: lostFromMs(refresh) } };
    }
    return { ...(next && { next }), outcome: { kind: 'resent', send: outcome.send } };
  }
  const notBeforeMs = Math.max(rerun.notBeforeMs, refresh ? quietUntilMs(refresh, policy) : 0);
  if (nowMs < notBeforeMs) return { outcome: { kind: 'wait', untilMs: notBeforeMs } };
  // What is rerun goes when the list call begins: only then is it certain to be seen.
  const { next, archive, outcome } = begin(record, { ...request, trigger: rerun.trigger }, policy);
  if (outcome.kind !== 'begun' || outcome.send === undefined) return { outcome: { kind: 'drop' } };
  return {
    ...(next && { next }),
    ...(archive && { archive }),
    outcome: { kind: 'begun', send: outcome.send },
  };
}

/**
 * A refresh has ended, and one more is rerun: by when its `again` message is to be served, in seconds from now.
 * Undefined when none is, or none could help.
 */
export function rerunDelayS(record: DeviceRecord, nowMs: EpochMs, policy: Policy): number | undefined {
  const { rerun, refresh } = record;
  if (rerun === undefined || refresh === undefined || isOpen(refresh)) return undefined;
  return delayS(Math.max(rerun.notBeforeMs, quietUntilMs(refresh, policy)), nowMs);
}

function delayS(untilMs: EpochMs, nowMs: EpochMs): number {
  return Math.min(longestDelayS, Math.max(0, Math.ceil((untilMs - nowMs) / 1000)));
}
