import type { Refresh } from '../contract/types.generated.ts';
import { isRefreshId } from '../contract/validators.generated.js';
import type { EpochMs } from '../device/record.ts';
import { isOpen } from '../device/record.ts';
import type { SeenRefresh } from '../refresh/read.ts';
import { type Answer, failureProblem, json, timeOf } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** Asking more often gives no earlier answer; waiting longer than this helps nobody. */
const shortestRetryS = 1;
const longestRetryS = 30;
const unknownRetryS = 5;

/** The refresh that is asked for. Throws `Fault` when no refresh can have such an id. */
export function refreshIdOf({ pathParameters }: HttpRequest): string {
  const { refreshId } = pathParameters;
  if (!isRefreshId(refreshId)) throw new Fault('refresh-not-found');
  return refreshId;
}

/** A refresh that was looked up. Throws `Fault` when there is none. */
export function seenRefreshAnswer(
  seen: SeenRefresh | undefined,
  nowMs: EpochMs,
  headers: Readonly<Record<string, string>>,
): Answer {
  if (seen === undefined) throw new Fault('refresh-not-found');
  return refreshAnswer(200, seen, nowMs, headers);
}

/** A refresh as a resource. `headers` are the caller's to add. */
export function refreshAnswer(
  status: 200 | 202,
  seen: SeenRefresh,
  nowMs: EpochMs,
  headers: Readonly<Record<string, string>>,
): Answer {
  const { refresh } = seen;
  const retryAfter = isOpen(refresh) ? { 'Retry-After': String(retryAfterS(seen, nowMs)) } : {};
  return json(status, bodyOf(seen), { 'Cache-Control': 'no-store', ...retryAfter, ...headers });
}

function bodyOf({ refresh, expectedMs }: SeenRefresh): Refresh {
  const { id, status, trigger, attempt } = refresh;
  const open = isOpen(refresh);
  const result = open ? undefined : refresh.result;
  const error = open ? undefined : refresh.error;
  return {
    id,
    status,
    trigger,
    createdAt: timeOf(refresh.createdAtMs),
    startedAt: refresh.startedAtMs === undefined ? null : timeOf(refresh.startedAtMs),
    endedAt: open ? null : timeOf(refresh.endedAtMs),
    ...(open && { deadlineAt: timeOf(refresh.deadlineAtMs) }),
    attempt,
    counts: result?.counts ?? null,
    added: result?.added ?? null,
    removed: result?.removed ?? null,
    error: error === undefined ? null : failureProblem(error),
    expectedSeconds: expectedMs === undefined ? null : Math.ceil(expectedMs / 1000),
  };
}

function retryAfterS({ refresh, expectedMs }: SeenRefresh, nowMs: EpochMs): number {
  if (expectedMs === undefined) return unknownRetryS;
  const leftS = Math.ceil((refresh.createdAtMs + expectedMs - nowMs) / 1000);
  return Math.min(longestRetryS, Math.max(shortestRetryS, leftS));
}
