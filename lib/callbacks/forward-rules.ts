/** The shortest wait between two deliveries of one callback. */
export const shortestWaitMs = 5_000;
/** The longest. */
export const longestWaitMs = 3_600_000;
/** A callback older than this is not waited for any more. */
export const giveUpAfterMs = 24 * 3_600_000;
/**
 * A stored body expires no sooner: longer than any queue keeps the message that needs it (14 days), with two days to put
 * it back in.
 */
export const bodyKeptMs = 16 * 24 * 3_600_000;
/** A target that did not answer is paused for this long at least. */
export const shortestPauseMs = 10_000;

/** Waits differ by up to this share, so that callbacks that failed together do not come back together. */
const jitter = 0.2;
/** The wait is this share of the age: the deliveries of a day are some forty, and the delay after an outage is in proportion. */
const waitPerAge = 0.5;
/** A target that does not answer takes a quarter of a worker's time at most. */
const pausePerAttempt = 3;

/**
 * How long a callback waits that could not be delivered, in whole seconds: longer the older it is.
 * `random`: at least 0, less than 1.
 */
export function nextWaitS(ageMs: number, random: number): number {
  const waitMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, ageMs * waitPerAge));
  return Math.ceil((waitMs * (1 - jitter + 2 * jitter * random)) / 1000);
}

/**
 * Asked after a delivery that failed, so that one put back into the queue by hand is tried once, however old.
 * `ageAtStartMs`: the age at which that delivery began. By its end a target that was down for less than a day could be given up on.
 */
export function isGivenUp(ageAtStartMs: number): boolean {
  return ageAtStartMs > giveUpAfterMs;
}

/** How long a target is paused that did not answer in `attemptMs`. */
export function pauseAfterMs(attemptMs: number): number {
  return Math.max(shortestPauseMs, attemptMs * pausePerAttempt);
}
