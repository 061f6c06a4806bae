import type { EpochMs } from './record.ts';

/** The operator's choices that the rules of a refresh depend on (see docs/reference.md). */
export interface Policy {
  /** `GEWE_LIST_TIMEOUT_S`: how long one list call may take. */
  readonly listTimeoutMs: number;
  /** `GEWE_CACHE_POLL_S`: the time between two looks into GeWe's cache. */
  readonly cachePollMs: number;
  /** `GEWE_CACHE_WINDOW_S`: how long GeWe may go on with a list call whose connection is lost. */
  readonly cacheWindowMs: number;
  /** `MIN_REFRESH_INTERVAL_S`: a start this soon after a success joins it. */
  readonly minRefreshIntervalMs: number;
  /** `FAILURE_COOLDOWN_S`: a start this soon after a failure that repeating cannot help joins it. */
  readonly failureCooldownMs: number;
  /** `RETRY_DELAYS_S`: the waits before the retries of a transient failure; their number is the number of retries. */
  readonly retryDelaysMs: readonly number[];
  /** `LEASE_S`: how long a worker holds a refresh without renewing. */
  readonly leaseMs: number;
  /** `CHANGE_DEBOUNCE_S`: how long to collect changes before refreshing (debounce). */
  readonly changeDebounceMs: number;
}

/** The longest delay of a message (SQS); one that is received too early waits again. */
export const longestDelayS = 900;
/** The delay of a message that is due then, in whole seconds. What is due later than SQS can delay comes back in between, and waits again. */
export function delayUntilS(dueAtMs: EpochMs, nowMs: EpochMs): number {
  return Math.min(longestDelayS, Math.max(0, Math.ceil((dueAtMs - nowMs) / 1000)));
}
/** A message is sent again by starts at most this often. */
export const resendIntervalMs = 10_000;
/** A suspiciously short list is confirmed by a second list call no sooner than this. */
export const confirmDelayMs = 30_000;
/** How long GeWe's cache keeps a result (documented: ten minutes). */
export const cacheMemoryMs = 600_000;
/** How long the message of a step may wait in line: no deadline passes meanwhile. Beyond it the message counts as lost for ever. */
export const longestLineMs = 6 * 3_600_000;
/** The longest stretch of cache polling in one receive: it ends well before the worker's run. */
export const pollStretchMs = 240_000;
/** While a scheduled refresh is under way, the schedule does not look at its device again before: a crash delays a refresh, and never loses it. */
export const dueAgainMs = 30 * 60_000;
/** However often refreshes fail, a device with a schedule is tried again within this time (or its period). */
export const longestBackoffMs = 24 * 3_600_000;
/** Partitions of the index of due devices. */
export const dueShards = 4;
/** An ended refresh can be read this long. */
export const resultRetentionMs = 24 * 3_600_000;
