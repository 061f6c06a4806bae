import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../device/ports.ts';
import type { WaitingCounts } from './ports.ts';
import { createWaitingCallbacks } from './waiting.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 2);
let nowMs: number;
let stored: Map<number, number>;
let writes: (readonly [bucketMs: number, change: number])[];
let loads: number;
let answers: (() => void)[];

beforeEach(() => {
  nowMs = startMs + 60 * minuteMs;
  stored = new Map();
  writes = [];
  loads = 0;
  answers = [];
});

/** Writes are answered at once, or when a test lets them. */
function storeThat(isHeld = false): WaitingCounts {
  return {
    async add(_callbackKey, bucketMs, change) {
      writes.push([bucketMs - startMs, change]);
      if (isHeld) await new Promise<void>((resolve) => answers.push(resolve));
      stored.set(bucketMs, (stored.get(bucketMs) ?? 0) + change);
      return stored.get(bucketMs) ?? 0;
    },
    async load(_callbackKey, fromMs) {
      loads += 1;
      return [...stored].filter(([bucketMs]) => bucketMs >= fromMs);
    },
  };
}

const waitingWith = (counts: WaitingCounts, most = 10) =>
  createWaitingCallbacks(counts, most, { now: () => nowMs });
const atMinute = (minute: number) => startMs + minute * minuteMs;

describe('what waits', () => {
  it('is one number for each ten minutes in which it began to', async () => {
    const waiting = waitingWith(storeThat());
    await waiting.began('key', atMinute(10));
    await waiting.began('key', atMinute(19.99));
    await waiting.began('key', atMinute(20));
    await waiting.ended('key', atMinute(11));
    expect(stored).toEqual(
      new Map([
        [atMinute(10), 1],
        [atMinute(20), 1],
      ]),
    );
  });

  it('is written together, when many come at once, and each waits for its own write', async () => {
    const waiting = waitingWith(storeThat(true));
    const all = Array.from({ length: 100 }, () => waiting.began('key', atMinute(10)));
    while (answers.length === 0) await Promise.resolve();
    const late = Array.from({ length: 7 }, () => waiting.began('key', atMinute(10)));
    answers.shift()?.();
    await Promise.all(all);
    while (answers.length === 0) await Promise.resolve();
    answers.shift()?.();
    await Promise.all(late);
    expect(writes).toEqual([
      [10 * minuteMs, 100],
      [10 * minuteMs, 7],
    ]);
  });

  it('is not held up by a store that does not answer: it is left out of the count', async () => {
    const fails = () => Promise.reject(new StoreUnavailable('no answer'));
    const waiting = waitingWith({ add: fails, load: fails });
    await waiting.began('key', atMinute(10));
    await waiting.ended('key', atMinute(10));
    expect(await waiting.isCrowdedOut('key', atMinute(10))).toBe(false);
  });

  it('fails with whatever else is wrong', async () => {
    const fails = () => Promise.reject(new TypeError('a fault of ours'));
    const waiting = waitingWith({ add: fails, load: fails });
    await expect(waiting.began('key', atMinute(10))).rejects.toThrow(TypeError);
    await expect(waiting.isCrowdedOut('key', atMinute(10))).rejects.toThrow(TypeError);
  });
});

describe('who makes room', () => {
  it('is the oldest: when too many wait that began to in the same ten minutes or later', async () => {
    stored = new Map([
      [atMinute(10), 5],
      [atMinute(20), 6],
      [atMinute(30), 5],
    ]);
    const waiting = waitingWith(storeThat());
    expect(await waiting.isCrowdedOut('key', atMinute(35))).toBe(false);
    expect(await waiting.isCrowdedOut('key', atMinute(25))).toBe(true);
    expect(await waiting.isCrowdedOut('key', atMinute(15))).toBe(true);
  });

  it('makes room until enough have, without another look at the store', async () => {
    stored = new Map([[atMinute(10), 13]]);
    const waiting = waitingWith(storeThat());
    let gone = 0;
    while (await waiting.isCrowdedOut('key', atMinute(10))) {
      await waiting.ended('key', atMinute(10));
      gone += 1;
    }
    expect(gone).toBe(3);
    expect(loads).toBe(1);
  });

  it('learns with each write what others counted, and all of it once in half a minute', async () => {
    stored = new Map([[atMinute(10), 12]]);
    const waiting = waitingWith(storeThat());
    expect(await waiting.isCrowdedOut('key', atMinute(10))).toBe(true);
    stored.set(atMinute(10), 10);
    await waiting.ended('key', atMinute(10));
    expect(await waiting.isCrowdedOut('key', atMinute(10))).toBe(false);
    stored.set(atMinute(20), 5);
    nowMs += 29_999;
    expect(await waiting.isCrowdedOut('key', atMinute(10))).toBe(false);
    nowMs += 1;
    expect(await waiting.isCrowdedOut('key', atMinute(10))).toBe(true);
    expect(loads).toBe(2);
  });

  it('is not changed by a number that fell below nothing, nor by what is older than a day', async () => {
    nowMs = startMs + 48 * 60 * minuteMs;
    stored = new Map([
      [startMs, 100],
      [nowMs - 10 * minuteMs, -5],
      [nowMs, 10],
    ]);
    const waiting = waitingWith(storeThat());
    expect(await waiting.isCrowdedOut('key', nowMs - 10 * minuteMs)).toBe(false);
    expect(await waiting.isCrowdedOut('key', startMs)).toBe(false);
  });
});
