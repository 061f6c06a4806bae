import { confirmDelayMs, type Policy, resultRetentionMs } from './policy.ts';
import type { DeviceRecord, EndedRefresh, EpochMs, OpenRefresh, Refresh } from './record.ts';

/** Crashes and a busy queue may cost this much beside the calls themselves. */
const slackMs = 15 * 60_000;

/**
 * By when a refresh that begins now has ended: the longest way it can take through its tries, its retries'
 * waits, one confirmation, and an earlier refresh's call that it has to wait for.
 */
export function deadlineAfter(nowMs: EpochMs, policy: Policy): EpochMs {
  const callMs = policy.listTimeoutMs + policy.cacheWindowMs;
  const calls = policy.retryDelaysMs.length + 3;
  const waitsMs = policy.retryDelaysMs.reduce((sum, delayMs) => sum + delayMs, confirmDelayMs);
  return nowMs + calls * callMs + waitsMs + slackMs;
}

export function isOpen(refresh: Refresh): refresh is OpenRefresh {
  return refresh.status === 'queued' || refresh.status === 'running';
}

/** The refresh as every reader has to see it: past its deadline it has failed, whoever still works on it. */
export function asSeen(refresh: Refresh, nowMs: EpochMs): Refresh {
  if (!isOpen(refresh) || nowMs < refresh.deadlineAtMs) return refresh;
  return ended(refresh, { status: 'failed', endedAtMs: refresh.deadlineAtMs, error: 'abandoned' });
}

/** An open refresh, ended: what only matters while it is under way is dropped. */
export function ended(
  refresh: OpenRefresh,
  end: Pick<EndedRefresh, 'status' | 'endedAtMs' | 'result' | 'error'>,
): EndedRefresh {
  const { id, trigger, createdAtMs, startedAtMs, attempt } = refresh;
  return { id, trigger, createdAtMs, attempt, ...(startedAtMs !== undefined && { startedAtMs }), ...end };
}

/**
 * The refresh that was under way in a record, as it ended with the next one (or with what was archived for it);
 * undefined when it goes on, or was erased.
 */
export function endedBetween(
  { refresh }: DeviceRecord,
  next: DeviceRecord,
  archive: readonly EndedRefresh[] = [],
): EndedRefresh | undefined {
  if (refresh === undefined || !isOpen(refresh)) return undefined;
  const found = [next.refresh, ...next.results, ...archive].find((other) => other?.id === refresh.id);
  return found && !isOpen(found) ? found : undefined;
}

/** A refresh of this record by its id, as readers see it; the archive may know it when this does not. */
export function refreshIn(record: DeviceRecord, refreshId: string, nowMs: EpochMs): Refresh | undefined {
  const known = [record.refresh, ...record.results].find((refresh) => refresh?.id === refreshId);
  const seen = known && asSeen(known, nowMs);
  if (seen && !isOpen(seen) && nowMs - seen.endedAtMs >= resultRetentionMs) return undefined;
  return seen;
}

/** How long the last refresh that succeeded took from its start; undefined when none is remembered. */
export function lastDurationMs(record: DeviceRecord): number | undefined {
  const refreshes = [...record.results, ...(record.refresh ? [record.refresh] : [])];
  const last = refreshes.findLast((refresh) => refresh.status === 'succeeded');
  return last && 'endedAtMs' in last ? last.endedAtMs - last.createdAtMs : undefined;
}
