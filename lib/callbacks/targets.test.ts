import { describe, expect, it } from 'vitest';
import { largeBytes } from './forward-rules.ts';
import type { DeliveryOutcome } from './ports.ts';
import { createTargets } from './targets.ts';

const delivered: DeliveryOutcome = { kind: 'delivered', status: 200 };
const lost: DeliveryOutcome = { kind: 'failed', lost: 'timeout' };
const broken: DeliveryOutcome = { kind: 'failed', status: 500 };
const nowMs = 1_795_000_000_000;
const budgetMs = 100_000;

/** Until when a target is paused that did these one after the other, each taking so long. */
function pausedMs(...told: readonly (readonly [DeliveryOutcome, number])[]): number {
  const targets = createTargets(40);
  for (const [outcome, tookMs] of told) targets.note('key', outcome, tookMs, nowMs);
  return targets.nextTurn('key', nowMs) - 20 - nowMs;
}

describe('a target', () => {
  it('that is silent rests for three times as long as that took, and ten seconds at least', () => {
    expect(pausedMs([lost, 30_000])).toBe(90_000);
    expect(pausedMs([lost, 5])).toBe(10_000);
  });

  it('that answers with errors rests from the second in a row on: one may be about the one callback', () => {
    expect(pausedMs([broken, 100])).toBe(0);
    expect(pausedMs([broken, 100], [delivered, 100], [broken, 100])).toBe(0);
    expect(pausedMs([broken, 100], [broken, 20_000])).toBe(60_000);
    expect(pausedMs([broken, 100], [{ kind: 'blocked', why: 'must be public' }, 1])).toBe(10_000);
  });

  it('that says when to come back is taken at its word, at the first time', () => {
    expect(pausedMs([{ kind: 'failed', status: 429, retryAfterMs: 45_000 }, 10])).toBe(45_000);
    expect(pausedMs([{ kind: 'failed', status: 503, retryAfterMs: 0 }, 10])).toBe(10_000);
  });

  it('that accepts slowly rests for as long as it took', () => {
    expect(pausedMs([delivered, 5_000])).toBe(0);
    expect(pausedMs([delivered, 12_000])).toBe(12_000);
  });

  it('is tried with one delivery after a pause, until that is accepted', () => {
    const targets = createTargets(40);
    targets.note('key', lost, 0, nowMs);
    expect(targets.restOf('key', nowMs + 9_999, budgetMs)).toBe('paused');
    expect(targets.restOf('key', nowMs + 10_000, budgetMs)).toBeUndefined();
    const giveBack = targets.take('key', 1);
    expect(targets.restOf('key', nowMs + 10_000, budgetMs)).toBe('on-trial');
    expect(targets.restOf('another', nowMs, budgetMs)).toBeUndefined();
    targets.note('key', delivered, 100, nowMs + 10_100);
    expect(targets.restOf('key', nowMs + 10_100, budgetMs)).toBeUndefined();
    giveBack?.();
  });

  it('is left to the next run when its last delivery took more than half of the time that is left', () => {
    const targets = createTargets(40);
    expect(targets.restOf('key', nowMs, 1)).toBeUndefined();
    targets.note('key', delivered, 4_000, nowMs);
    expect(targets.restOf('key', nowMs, 8_000)).toBeUndefined();
    expect(targets.restOf('key', nowMs, 7_999)).toBe('late');
    targets.note('key', delivered, 10, nowMs);
    expect(targets.restOf('key', nowMs, 7_999)).toBeUndefined();
  });

  it('is forgotten when ten thousand others came after it', () => {
    const targets = createTargets(40);
    for (let count = 0; count <= 10_000; count += 1) targets.note(`key ${count}`, lost, 0, nowMs);
    expect(targets.restOf('key 0', nowMs, budgetMs)).toBeUndefined();
    expect(targets.restOf('key 2', nowMs, budgetMs)).toBe('paused');
  });
});

describe('places', () => {
  it('are a share for each token', () => {
    const targets = createTargets(10);
    targets.note('key', delivered, 1, nowMs);
    const [first] = [targets.take('key', 1), targets.take('key', 1)];
    expect(targets.take('key', 1)).toBeUndefined();
    expect(targets.take('another', 1)).toBeDefined();
    first?.();
    expect(targets.take('key', 1)).toBeDefined();
  });

  it('are a fifth of a run, two for a target that has accepted nothing yet, and one for one that was paused', () => {
    const targets = createTargets(40);
    const placesOf = (key: string) => {
      const taken: (() => void)[] = [];
      while (targets.restOf(key, nowMs + 10_000, budgetMs) === undefined) {
        const giveBack = targets.take(key, 1);
        if (giveBack === undefined) break;
        taken.push(giveBack);
      }
      for (const giveBack of taken) giveBack();
      return taken.length;
    };
    expect(placesOf('key')).toBe(2);
    targets.note('key', delivered, 1, nowMs);
    expect(placesOf('key')).toBe(8);
    targets.note('key', broken, 1, nowMs);
    expect(placesOf('key')).toBe(8);
    targets.note('key', broken, 1, nowMs);
    expect(placesOf('key')).toBe(1);
  });

  it('are half of a run for all such targets together: those that have accepted one find a place', () => {
    const targets = createTargets(40);
    targets.note('proven', delivered, 1, nowMs);
    const taken = Array.from({ length: 20 }, (_, index) => targets.take(`key ${index}`, 1));
    expect(targets.restOf('key 20', nowMs, budgetMs)).toBe('on-trial');
    expect(targets.restOf('proven', nowMs, budgetMs)).toBeUndefined();
    taken[0]?.();
    expect(targets.restOf('key 20', nowMs, budgetMs)).toBeUndefined();
  });

  it('for large bodies are two of one token and eight in all: each is held in memory while its target is waited for', () => {
    const targets = createTargets(40);
    const large = largeBytes + 1;
    const places = [targets.take('key 0', large), targets.take('key 0', large)];
    expect(targets.take('key 0', large)).toBeUndefined();
    expect(targets.take('key 0', largeBytes)).toBeDefined();
    for (const key of ['1', '2', '3']) places.push(targets.take(key, large), targets.take(key, large));
    expect(targets.take('4', large)).toBeUndefined();
    places[0]?.();
    expect(targets.take('4', large)).toBeDefined();
  });
});

describe('turns', () => {
  it('are given 50 a second, whoever asks, and begin anew when all of them have passed', () => {
    const targets = createTargets(40);
    const turns = Array.from({ length: 100 }, () => targets.nextTurn('key', nowMs) - nowMs);
    expect(turns.at(0)).toBe(20);
    expect(turns.at(-1)).toBe(2_000);
    expect(targets.nextTurn('another', nowMs) - nowMs).toBe(20);
    expect(targets.nextTurn('key', nowMs + 60_000) - nowMs).toBe(60_020);
  });
});
