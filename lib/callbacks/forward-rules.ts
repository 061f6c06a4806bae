import type { EpochMs } from '../device/record.ts';
import type { DeliveryOutcome } from './ports.ts';

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
/** A target that rests does so for this long at least. */
export const shortestPauseMs = 10_000;
/** A target that takes longer for its answer is slow. */
export const slowMs = 5_000;
/** Each process lets what waits for one token come back at this pace, however much that is: 50 in a second. */
export const turnMs = 20;
/** Of a run's deliveries no token has more than a fifth; two until its target has accepted one. */
export const shareOfRun = 1 / 5;
export const mostUnproven = 2;
/** All targets together that have accepted nothing (any more) have no more than this share: the others find a place. */
export const unprovenShareOfRun = 1 / 2;
/** A larger body is opened only where few of its kind are open: eight at once, of one token two. */
export const largeBytes = 256 * 1024;
export const largeBodies = { atOnce: 8, ofOneToken: 2 } as const;

/** Waits differ by up to this share, so that callbacks that failed together do not come back together. */
const jitter = 0.2;
/** The wait is this share of the age: the deliveries of a day are some forty, and the delay after an outage is in proportion. */
const waitPerAge = 0.5;
/** A target that does not answer takes a quarter of the time of its deliveries at most. */
const pausePerAttempt = 3;
/** Waiting callbacks are counted by periods of this length. */
const bucketMs = 600_000;

/**
 * How long a callback waits that could not be delivered, in whole seconds: longer the older it is.
 * `random`: at least 0, less than 1.
 */
export function nextWaitS(ageMs: number, random: number): number {
  const waitMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, ageMs * waitPerAge));
  return Math.ceil((waitMs * (1 - jitter + 2 * jitter * random)) / 1000);
}

/**
 * Asked after a delivery that failed, with the age at which it began: so one put back into the queue by hand is tried once, however
 * old, and a target that was down for less than a day is not given up on. Asked of what was not tried, with the time that it waits.
 */
export function isGivenUp(ms: number): boolean {
  return ms > giveUpAfterMs;
}

/**
 * How long a target rests after a delivery; 0: it does not. One that is silent: three times as long as the delivery took. One that
 * answers with an error: likewise from the second time in a row on, because one error may be about the one callback. One that accepts
 * slowly: as long as it took, so that it holds its share of the deliveries half of the time. `failures`: in a row, this one included.
 */
export function pauseAfterMs(outcome: DeliveryOutcome, tookMs: number, failures: number): number {
  if (outcome.kind === 'delivered') return tookMs > slowMs ? tookMs : 0;
  if ('retryAfterMs' in outcome) return Math.max(shortestPauseMs, outcome.retryAfterMs ?? 0);
  if (!('lost' in outcome) && failures < 2) return 0;
  return Math.max(shortestPauseMs, tookMs * pausePerAttempt);
}

/** The period in which a callback is counted that waits since then, by its beginning. */
export function bucketOf(waitsSinceMs: EpochMs): EpochMs {
  return waitsSinceMs - (waitsSinceMs % bucketMs);
}

/** Nothing waits any more of a period that began before: what waits is given up after a day, and at most 75 minutes. */
export const countedMs = giveUpAfterMs + 2 * longestWaitMs;

/**
 * Whether a callback that waits has to make room: when too many wait that began to in its period or later. `counts`: as
 * `WaitingCounts.load` gives them; duplicates and crashes may have left a number below 0.
 */
export function isCrowdedOut(
  waitsSinceMs: EpochMs,
  counts: Iterable<readonly [EpochMs, number]>,
  most: number,
): boolean {
  let waiting = 0;
  for (const [bucket, count] of counts) if (bucket >= bucketOf(waitsSinceMs)) waiting += Math.max(0, count);
  return waiting > most;
}
