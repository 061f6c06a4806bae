import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayUntilS } from '../device/policy.ts';
import {
  bucketOf,
  countedMs,
  giveUpAfterMs,
  isGivenUp,
  longestWaitMs,
  nextWaitS,
  shortestWaitMs,
} from './forward-rules.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const day = giveUpAfterMs;
const age = fc.integer({ min: -60_000, max: 2 * day });

describe('the wait of a callback that could not be delivered', () => {
  it('never shrinks as the callback grows older', () => {
    fc.assert(
      fc.property(age, age, random, (one, other, jitter) => {
        const [younger, older] = [Math.min(one, other), Math.max(one, other)];
        expect(nextWaitS(younger, jitter)).toBeLessThanOrEqual(nextWaitS(older, jitter));
      }),
    );
  });

  it('is whole seconds, a fifth around half the age, from 5 s to 1 h', () => {
    fc.assert(
      fc.property(age, random, (ageMs, jitter) => {
        const waitS = nextWaitS(ageMs, jitter);
        const middleMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, ageMs / 2));
        expect(Number.isInteger(waitS)).toBe(true);
        expect(waitS * 1000).toBeGreaterThanOrEqual(middleMs * 0.8);
        expect(waitS * 1000).toBeLessThan(middleMs * 1.2 + 1000);
      }),
    );
  });

  it('spreads callbacks that failed together', () => {
    expect(nextWaitS(60_000, 0)).toBe(24);
    expect(nextWaitS(60_000, 0.5)).toBe(30);
    expect(nextWaitS(60_000, 0.999)).toBe(36);
  });
});

/** The ages at which a callback is delivered to a target that fails until `downMs`, each attempt taking `attemptMs`. */
function deliveriesOf(downMs: number, attemptMs: number, jitter: () => number) {
  const agesMs: number[] = [];
  for (let ageMs = 0; ; ) {
    agesMs.push(ageMs);
    if (ageMs >= downMs) return { agesMs, arrived: true };
    if (isGivenUp(ageMs)) return { agesMs, arrived: false };
    const failedAtMs = ageMs + attemptMs;
    ageMs = failedAtMs + nextWaitS(failedAtMs, jitter()) * 1000;
  }
}

const luckOf = (values: readonly number[]) => {
  let next = 0;
  return () => values[next++ % values.length] ?? 0;
};
const lucks = fc.array(random, { minLength: 1, maxLength: 50 });
const attempt = fc.integer({ min: 0, max: 30_000 });

describe('a target that is down', () => {
  it('for less than a day gets the callback, soon after it is back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: day }), attempt, lucks, (downMs, attemptMs, values) => {
        const { agesMs, arrived } = deliveriesOf(downMs, attemptMs, luckOf(values));
        expect(arrived).toBe(true);
        // The last failure ended at most one attempt after the target came back.
        const lastFailureMs = downMs + attemptMs;
        const longestMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, lastFailureMs / 2)) * 1.2 + 1000;
        expect(agesMs.at(-1)).toBeLessThanOrEqual(lastFailureMs + longestMs);
      }),
    );
  });

  it('has a last attempt, when the one before began within the day and ended after it', () => {
    expect(deliveriesOf(day - 1, 20_501, luckOf([0])).arrived).toBe(true);
  });

  it('for ten minutes has the callback within seventeen', () => {
    fc.assert(
      fc.property(attempt, lucks, (attemptMs, values) => {
        const { agesMs } = deliveriesOf(600_000, attemptMs, luckOf(values));
        expect(agesMs.at(-1)).toBeLessThanOrEqual(17 * 60_000);
      }),
    );
  });

  it('that never recovers is asked some forty times for one callback, over a day and at most an hour and a quarter', () => {
    fc.assert(
      fc.property(attempt, lucks, (attemptMs, values) => {
        const { agesMs, arrived } = deliveriesOf(Number.POSITIVE_INFINITY, attemptMs, luckOf(values));
        expect(arrived).toBe(false);
        expect(agesMs.length).toBeGreaterThan(25);
        expect(agesMs.length).toBeLessThan(60);
        expect(agesMs.at(-1)).toBeLessThan(day + 75 * 60_000);
      }),
    );
  });
});

describe('the delay of a message', () => {
  it('is whole seconds that end when it is due or up to a second later, and 15 minutes at most', () => {
    const nowMs = 1_795_000_000_000;
    const untilDueMs = fc.integer({ min: -60_000, max: longestWaitMs * 1.2 });
    fc.assert(
      fc.property(untilDueMs, (ms) => {
        const delayS = delayUntilS(nowMs + ms, nowMs);
        expect(Number.isInteger(delayS)).toBe(true);
        const expectedMs = Math.min(900_000, Math.max(0, ms));
        expect(delayS * 1000 - expectedMs).toBeGreaterThanOrEqual(0);
        expect(delayS * 1000 - expectedMs).toBeLessThan(1000);
      }),
    );
  });
});

describe('a period in which waiting callbacks are counted', () => {
  it('is ten minutes long, and over when a day and the longest wait are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000_000 }), (ms) => {
        expect(ms - bucketOf(ms)).toBeGreaterThanOrEqual(0);
        expect(ms - bucketOf(ms)).toBeLessThan(600_000);
        expect(bucketOf(ms) % 600_000).toBe(0);
      }),
    );
    expect(countedMs).toBeGreaterThan(day + longestWaitMs * 1.2 + 600_000);
  });
});
