import { type FailureClass, failureTraits } from './errors.ts';
import { withPending } from './outbox.ts';
import type { Policy } from './policy.ts';
import type {
  DeviceRecord,
  EndedRefresh,
  EpochMs,
  OpenRefresh,
  Pending,
  RefreshResult,
  SnapshotRef,
} from './record.ts';
import type { Decision, SettleOutcome } from './refresh-events.ts';
import { requeue } from './refresh-steps.ts';
import { asSeen, ended, isOpen } from './refresh-view.ts';
import { afterEnd } from './subscription.ts';

/** A transient failure is tried again after the next of the delays; any other one, and the last, is the end. */
export function retryOrFail(
  record: DeviceRecord,
  refresh: OpenRefresh,
  error: FailureClass,
  nowMs: EpochMs,
  policy: Policy,
  leastDelayMs = 0,
): Decision<SettleOutcome> {
  const delayMs = failureTraits[error].retryable ? policy.retryDelaysMs[refresh.retries] : undefined;
  if (delayMs === undefined) return fail(record, refresh, error, nowMs);
  const retried = { ...refresh, error, retries: refresh.retries + 1 };
  return requeue(record, retried, nowMs, Math.max(delayMs, leastDelayMs));
}

export function fail(
  record: DeviceRecord,
  refresh: OpenRefresh,
  error: FailureClass,
  nowMs: EpochMs,
): Decision<SettleOutcome> {
  const failed = ended(refresh, { status: 'failed', endedAtMs: nowMs, error });
  return { next: withEnded(record, failed), outcome: { kind: 'ended', refresh: failed } };
}

/** `brought`: the list that took the stored one's place; absent when nothing changed. */
export function succeed(
  record: DeviceRecord,
  refresh: OpenRefresh,
  result: RefreshResult,
  nowMs: EpochMs,
  brought?: { readonly snapshot: SnapshotRef; readonly before: SnapshotRef | undefined },
): Decision<SettleOutcome> {
  const succeeded = ended(refresh, { status: 'succeeded', endedAtMs: nowMs, result });
  const next = withEnded(record, succeeded);
  const outcome: SettleOutcome = { kind: 'ended', refresh: succeeded };
  if (brought === undefined) return { next, outcome };
  const { added, removed } = result;
  const changed: Pending = {
    kind: 'changed',
    refreshId: refresh.id,
    rev: next.rev,
    atMs: nowMs,
    ...(brought.before && { from: brought.before.digest }),
    added,
    removed,
  };
  const pending = withPending(next.pending, changed);
  return { next: { ...next, snapshot: brought.snapshot, pending }, outcome };
}

/** The record with a refresh that is past its deadline ended; the same record when it is not. */
export function withAbandonedEnded(record: DeviceRecord, nowMs: EpochMs): DeviceRecord {
  const { refresh } = record;
  if (refresh === undefined || !isOpen(refresh)) return record;
  const seen = asSeen(refresh, nowMs);
  return isOpen(seen) ? record : { ...withEnded(record, seen), rev: record.rev };
}

/**
 * The next record, with its refresh ended: what that means for the subscription, for what is wanted, and what others
 * are to hear of a failure.
 */
function withEnded(record: DeviceRecord, end: EndedRefresh): DeviceRecord {
  const { subscription, offlineSinceMs, backAtMs, wanted, ...rest } = record;
  const { id: refreshId, error, endedAtMs } = end;
  const rev = record.rev + 1;
  const sinceMs = offlineSinceMs ?? (error === 'device-offline' && subscription ? endedAtMs : undefined);
  const isOffline = sinceMs !== undefined && end.status === 'failed';
  // Another refresh could not mend it.
  const isVain = error !== undefined && failureTraits[error].coolsDown;
  return {
    ...rest,
    rev,
    refresh: end,
    ...(subscription && { subscription: afterEnd(subscription, end, endedAtMs) }),
    ...(wanted && !isVain && { wanted }),
    ...(isOffline && { offlineSinceMs: sinceMs }),
    ...(backAtMs !== undefined && !isOffline && { backAtMs }),
    ...(error && {
      pending: withPending(record.pending, { kind: 'failed', refreshId, rev, atMs: endedAtMs, error }),
    }),
  };
}
