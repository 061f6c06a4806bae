import { longestDelayS, type Policy, resendIntervalMs } from './policy.ts';
import type { DeviceRecord, EpochMs, Trigger } from './record.ts';
import type { Decision, Delivery } from './refresh-events.ts';
import { begin, join, lostFromMs, quietUntilMs, type StartRequest } from './refresh-start.ts';
import { advance, emptyRecord } from './refresh-steps.ts';
import { asSeen, isOpen } from './refresh-view.ts';

// A change that is heard of asks for a refresh whose list call begins after it. However many changes come, that is one
// refresh: a running one's call has begun, so it asks for one more; one that is queued will see them all.

export type WantOutcome =
  /** Nobody may refresh this device by itself: it has no such subscription, or its token is rejected. */
  | { readonly kind: 'unsubscribed' }
  /** A refresh that is yet to call GeWe will see it; `send` when that one's message may have been lost. */
  | { readonly kind: 'joined'; readonly send?: Delivery }
  /** One more refresh will begin when the one that runs has ended, or is asked for already. */
  | { readonly kind: 'noted' }
  /** An `again` message is to be sent, to be served after the delay. */
  | { readonly kind: 'asked'; readonly delayS: number };

/** A change was heard of. `subscriptionSuffix`: the subscription it was told to, where it was told to one. */
export function want(
  record: DeviceRecord | undefined,
  change: { readonly nowMs: EpochMs; readonly trigger: Trigger; readonly subscriptionSuffix?: string },
  policy: Policy,
): Decision<WantOutcome> {
  const { nowMs, trigger, subscriptionSuffix } = change;
  const subscription = record?.subscription;
  const isOther = subscriptionSuffix !== undefined && subscription?.suffix !== subscriptionSuffix;
  if (record === undefined || subscription === undefined || subscription.stopped || isOther) {
    return { outcome: { kind: 'unsubscribed' } };
  }
  return note(record, { nowMs, trigger }, policy);
}

/** The same, heard of by somebody who has the token: it needs no subscription, and the device may be a new or an erased one. */
export function wantAsBearer(
  record: DeviceRecord | undefined,
  change: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<WantOutcome, { kind: 'unsubscribed' }>> {
  const { erasedAtMs: _revived, ...known } = record ?? emptyRecord;
  return note(known, change, policy);
}

function note(
  record: DeviceRecord,
  { nowMs, trigger }: { readonly nowMs: EpochMs; readonly trigger: Trigger },
  policy: Policy,
): Decision<Exclude<WantOutcome, { kind: 'unsubscribed' }>> {
  const refresh = record.refresh && asSeen(record.refresh, nowMs);
  if (refresh && isOpen(refresh)) {
    const callMayRun = record.call !== undefined && nowMs < record.call.mayRunUntilMs;
    if (refresh.status === 'queued' && !callMayRun) {
      const { next, outcome } = join(record, refresh, { nowMs, trigger });
      const send = outcome.kind === 'joined' ? outcome.send : undefined;
      if (send || record.wanted) {
        return { ...(next && { next }), outcome: { kind: 'joined', ...(send && { send }) } };
      }
      // It sees the change, unless its message was lost with who began it: the `again` message finds that out.
      return asked(record, { notBeforeMs: Math.max(nowMs, lostFromMs(refresh)), trigger }, nowMs);
    }
    if (record.wanted) return { outcome: { kind: 'noted' } };
    const wanted = { notBeforeMs: nowMs + policy.changeDebounceMs, askedAtMs: 0, trigger };
    return { next: advance(record, { wanted }), outcome: { kind: 'noted' } };
  }
  // Sent again now and then: whoever asked for it before may have died before it was sent.
  if (record.wanted && nowMs < record.wanted.askedAtMs + resendIntervalMs)
    return { outcome: { kind: 'noted' } };
  const quietMs = refresh ? quietUntilMs(refresh, policy) : nowMs;
  const notBeforeMs = record.wanted?.notBeforeMs ?? Math.max(nowMs + policy.changeDebounceMs, quietMs);
  return asked(record, { trigger, ...record.wanted, notBeforeMs }, nowMs);
}

function asked(
  record: DeviceRecord,
  wanted: { readonly notBeforeMs: EpochMs; readonly trigger: Trigger },
  nowMs: EpochMs,
): Decision<Extract<WantOutcome, { kind: 'asked' }>> {
  return {
    next: advance(record, { wanted: { ...wanted, askedAtMs: nowMs } }),
    outcome: { kind: 'asked', delayS: delayS(wanted.notBeforeMs, nowMs) },
  };
}

export type TakeUpOutcome =
  | { readonly kind: 'begun' | 'resent'; readonly send: Delivery }
  | { readonly kind: 'hide'; readonly untilMs: EpochMs }
  /** It is done with, or will be when the refresh under way has ended. */
  | { readonly kind: 'drop' };

/** An `again` message came. */
export function takeUp(
  record: DeviceRecord | undefined,
  request: Omit<StartRequest, 'trigger'>,
  policy: Policy,
): Decision<TakeUpOutcome> {
  const { nowMs } = request;
  const wanted = record?.wanted;
  if (record === undefined || wanted === undefined) return { outcome: { kind: 'drop' } };
  const refresh = record.refresh && asSeen(record.refresh, nowMs);
  if (refresh && isOpen(refresh)) {
    // It may be the one that was begun for this message, by who died before its own message was sent.
    const { next, outcome } = join(record, refresh, { nowMs, trigger: wanted.trigger });
    if (outcome.kind !== 'joined' || outcome.send === undefined) return { outcome: { kind: 'drop' } };
    return { ...(next && { next }), outcome: { kind: 'resent', send: outcome.send } };
  }
  const notBeforeMs = Math.max(wanted.notBeforeMs, refresh ? quietUntilMs(refresh, policy) : 0);
  if (nowMs < notBeforeMs) return { outcome: { kind: 'hide', untilMs: notBeforeMs } };
  // What is wanted goes when the list call begins: only then is it certain to be seen.
  const { next, archive, outcome } = begin(record, { ...request, trigger: wanted.trigger }, policy);
  if (outcome.kind !== 'begun' || outcome.send === undefined) return { outcome: { kind: 'drop' } };
  return {
    ...(next && { next }),
    ...(archive && { archive }),
    outcome: { kind: 'begun', send: outcome.send },
  };
}

/**
 * A refresh has ended, and one more is wanted: by when its `again` message is to be served, in seconds from now.
 * Undefined when none is, or none could help.
 */
export function againAfter(record: DeviceRecord, nowMs: EpochMs, policy: Policy): number | undefined {
  const { wanted, refresh } = record;
  if (wanted === undefined || refresh === undefined || isOpen(refresh)) return undefined;
  return delayS(Math.max(wanted.notBeforeMs, quietUntilMs(refresh, policy)), nowMs);
}

function delayS(untilMs: EpochMs, nowMs: EpochMs): number {
  return Math.min(longestDelayS, Math.max(0, Math.ceil((untilMs - nowMs) / 1000)));
}
