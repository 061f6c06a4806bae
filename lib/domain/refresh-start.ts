import { failureTraits } from './errors.ts';
import { type Policy, resendIntervalMs, resultRetentionMs, resultsInRecord } from './policy.ts';
import type { DeviceRecord, EndedRefresh, EpochMs, OpenRefresh, Trigger } from './record.ts';
import { withAbandonedEnded } from './refresh-end.ts';
import type { Decision, MessageRef, StartOutcome } from './refresh-events.ts';
import { advance, deliveryOf, emptyRecord, isHeld } from './refresh-steps.ts';
import { asSeen, deadlineAfter, isOpen } from './refresh-view.ts';

/** Who begins a refresh. */
export interface StartRequest {
  readonly nowMs: EpochMs;
  readonly trigger: Trigger;
  /** 16 random characters, which make the id. */
  readonly suffix: string;
  /** It is not to begin before; at once when absent. */
  readonly notBeforeMs?: EpochMs;
}

/** Somebody asks for a refresh. */
export function start(
  record: DeviceRecord | undefined,
  request: StartRequest,
  policy: Policy,
): Decision<StartOutcome> {
  const { nowMs } = request;
  const current = record?.refresh && asSeen(record.refresh, nowMs);
  if (record === undefined || current === undefined) return begin(record, request, policy);
  if (isOpen(current)) {
    if (current.id.endsWith(request.suffix)) {
      return { outcome: { kind: 'begun', refresh: current, send: deliveryOf(current, nowMs) } };
    }
    return join(record, current, request);
  }
  if (nowMs < quietUntilMs(current, policy)) return { outcome: { kind: 'recent', refresh: current } };
  return begin(record, request, policy);
}

/** Until then an ended refresh says all that another one could. */
export function quietUntilMs(ended: EndedRefresh, policy: Policy): EpochMs {
  if (ended.status === 'succeeded') return ended.endedAtMs + policy.minRefreshIntervalMs;
  const coolsDown = ended.error !== undefined && failureTraits[ended.error].coolsDown;
  return ended.endedAtMs + (coolsDown ? policy.failureCooldownMs : 0);
}

/**
 * Sends the message again when it may have been lost (nobody works on it, and it has been due for a while), and when a caller
 * waits for a refresh that was only to begin some time.
 */
export function join(
  record: DeviceRecord,
  refresh: OpenRefresh,
  { nowMs, trigger }: Pick<StartRequest, 'nowMs' | 'trigger'>,
): Decision<StartOutcome> {
  const isNew = refresh.step === 1 && !isHeld(refresh, nowMs) && nowMs < refresh.notBeforeMs;
  const hastened = trigger === 'api' && isNew;
  if (!hastened && (isHeld(refresh, nowMs) || nowMs < lostFromMs(refresh)))
    return { outcome: { kind: 'joined', refresh } };
  const sent = { ...refresh, sentAtMs: nowMs, ...(hastened && { notBeforeMs: nowMs }) };
  const outcome: StartOutcome = { kind: 'joined', refresh: sent, send: deliveryOf(sent, nowMs) };
  return { next: advance(record, { refresh: sent }), outcome };
}

/** From then on the message of a refresh that nobody works on counts as lost. */
export function lostFromMs({ sentAtMs, notBeforeMs }: OpenRefresh): EpochMs {
  return sentAtMs === 0 ? notBeforeMs : Math.max(sentAtMs, notBeforeMs) + resendIntervalMs;
}

/** A new refresh, in the place of one that has ended, or was abandoned. */
export function begin(
  record: DeviceRecord | undefined,
  { nowMs, trigger, suffix, notBeforeMs = nowMs }: StartRequest,
  policy: Policy,
): Decision<StartOutcome> {
  const { erasedAtMs: _revived, ...stored } = record ?? emptyRecord;
  const base = withAbandonedEnded(stored, nowMs);
  const previous = base.refresh && !isOpen(base.refresh) ? [base.refresh] : [];
  const refresh: OpenRefresh = {
    // Ids sort in the order of time, whatever the clocks of those who start say.
    id: `${(base.rev + 1).toString(36).padStart(7, '0')}-${suffix}`,
    trigger,
    status: 'queued',
    createdAtMs: nowMs,
    deadlineAtMs: deadlineAfter(notBeforeMs, policy),
    attempt: 0,
    step: 1,
    retries: 0,
    notBeforeMs,
    sentAtMs: nowMs,
  };
  const kept = [...base.results, ...previous].filter((ended) => nowMs - ended.endedAtMs < resultRetentionMs);
  const full = kept.length > resultsInRecord;
  return {
    next: advance(base, { refresh, results: full ? [] : kept }),
    ...(full && { archive: kept }),
    outcome: { kind: 'begun', refresh, send: deliveryOf(refresh, nowMs) },
  };
}

/** The message could not be sent: the next start sends it, without waiting. */
export function notSent(record: DeviceRecord | undefined, message: MessageRef): Decision<void> {
  const refresh = record?.refresh;
  if (record === undefined || refresh === undefined || !isOpen(refresh)) return { outcome: undefined };
  if (refresh.id !== message.refreshId || refresh.step !== message.step) return { outcome: undefined };
  return { next: advance(record, { refresh: { ...refresh, sentAtMs: 0 } }), outcome: undefined };
}
