import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { beginsAtMs, slotsForSchedule } from '../../lib/refresh/schedule-rules.ts';
import { costOfMonth, idleMonth, neededListCalls, runsFor, typical, type Use } from './month.ts';
import { beginEveryS, meanOpen, simulateRuns } from './runs.ts';
import { readStack } from './stack.ts';

const stack = readStack();

describe('a month', () => {
  const withoutFixed = (use: Use) => {
    const { totalUsd, fixedUsd } = costOfMonth(use, stack);
    return totalUsd - fixedUsd;
  };

  it.each([
    ['1,000 devices, hourly, 20 s a list', {}, 12],
    ['1,000 devices, hourly, 240 s a list', { listS: 240 }, 100],
    ['100,000 devices, hourly, 20 s a list', { devices: 100_000 }, 900],
  ])('of %s costs, beside the fixed part, no more than is promised', (_title, more, mostUsd) => {
    expect(withoutFixed({ ...typical, ...more })).toBeLessThanOrEqual(mostUsd);
  });

  it('in which nothing is used costs what the idle stack costs', () => {
    expect(costOfMonth({ ...typical, devices: 0 }, stack).totalUsd).toBeCloseTo(idleMonth(stack).fixed, 9);
  });

  it('is no cheaper with more of anything', () => {
    const base = withoutFixed(typical);
    for (const more of [
      { devices: 2_000 },
      { everyS: 1_800 },
      { listS: 60 },
      { changedShare: 0.5 },
      { ids: 10_000 },
      { callbacksPerDay: 10 },
      { readsPerDay: 10 },
    ]) {
      expect(withoutFixed({ ...typical, ...more }), JSON.stringify(more)).toBeGreaterThan(base);
    }
  });

  it('allows as many list calls as are needed', () => {
    const use = fc.record({
      devices: fc.integer({ min: 0, max: 100_000 }),
      everyS: fc.integer({ min: 10, max: 1_440 }).map((minutes) => minutes * 60),
      listS: fc.integer({ min: 0, max: 270 }),
    });
    fc.assert(
      fc.property(use, (drawn) => {
        const { maxListCalls } = costOfMonth({ ...typical, ...drawn }, stack);
        expect(maxListCalls).toBe(Math.min(20_000, neededListCalls({ ...typical, ...drawn })));
      }),
      { numRuns: 20 },
    );
  });
});

it('several stacks cost what each of them costs', () => {
  const many = { ...typical, devices: 1_000_000, listS: 240 };
  const { stacks, totalUsd } = costOfMonth(many, stack);
  expect(stacks).toBe(Math.ceil(neededListCalls(many) / 20_000));
  const one = costOfMonth({ ...many, devices: many.devices / stacks, maxListCalls: 20_000 }, stack);
  expect(totalUsd).toBeCloseTo(stacks * one.totalUsd, 6);
});

it('refreshes begin together as the schedule lets them begin', () => {
  const times = fc.record({
    everyS: fc.integer({ min: 60, max: 2_592_000 }),
    nowS: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(times, ({ everyS, nowS }) => {
      const beginsS = beginsAtMs(nowS * 1000, everyS * 1000, { phaseMs: 0, busyUntilMs: 0 }) / 1000;
      const gridS = beginEveryS(everyS);
      // The schedule looks once a minute.
      expect(beginsS).toBe(gridS === 60 ? nowS : (Math.floor(nowS / gridS) + 1) * gridS);
    }),
  );
});

describe('the runs that wait for GeWe', () => {
  it.each([2, 30, 100, 101, 700, 20_000])(
    'are as many as a deploy makes of MAX_LIST_CALLS=%i',
    (maxListCalls) => {
      vi.stubEnv('MAX_LIST_CALLS', String(maxListCalls));
      const tell: () => { runs: number; perRun: number } = createRequire(import.meta.url)(
        '../../infra/list-calls.cjs',
      );
      const { runs, perRun } = tell();
      expect(runsFor(maxListCalls)).toEqual({ runs, slots: slotsForSchedule(perRun) });
    },
  );

  const limits = { ...runsFor(100), takesForS: 640, tailS: 1.5 };

  it('cost the same however many refreshes wait in them, up to what one holds', () => {
    const alive = (devices: number) =>
      simulateRuns({ devices, everyS: 3_600, refreshS: 20 }, limits)?.aliveRuns ?? 0;
    expect(alive(12)).toBeCloseTo((12 * 21.5) / 3_600);
    expect(alive(12 * limits.slots)).toBeCloseTo(alive(12));
    expect(alive(12 * limits.slots + 12)).toBeCloseTo(2 * alive(12));
  });

  it('are never more than are allowed, hold at least what is open, and end when there is nothing to do', () => {
    const load = fc.record({
      devices: fc.integer({ min: 0, max: 3_000 }),
      everyS: fc.integer({ min: 1, max: 240 }).map((minutes) => minutes * 60),
      refreshS: fc.double({ min: 0.5, max: 270, noNaN: true }),
    });
    fc.assert(
      fc.property(load, (drawn) => {
        const use = simulateRuns(drawn, limits);
        if (use === undefined) {
          expect(meanOpen(drawn)).toBeGreaterThan(limits.runs * limits.slots * 0.7);
          return;
        }
        expect(use.mostRuns).toBeLessThanOrEqual(limits.runs);
        expect(use.aliveRuns).toBeLessThanOrEqual(limits.runs + 1e-9);
        expect(use.aliveRuns * limits.slots).toBeGreaterThanOrEqual(meanOpen(drawn) * 0.99 - 1);
        if (drawn.devices === 0) expect(use.aliveRuns).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
