import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import { dueAgainMs } from '../../lib/device/policy.ts';
import { isOpen } from '../../lib/device/record.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import type { CallPlan } from './made-up-gewe.ts';
import { type Fate, secret, World } from './world.ts';

const deviceKey = deviceKeyOf(secret.token, secret.appId);
const periodMs = 600_000;
const dayMs = 24 * 3_600_000;
const numRuns = Number(process.env.LAW_RUNS ?? 150);

const fates = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.constant<Fate>('goes-well') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('dies-before', 'dies-after', 'stalls') },
  ),
  { maxLength: 100 },
);

/** Nothing that a refresh cannot be asked for again after: no device that is offline, no token that is rejected. */
const plans = fc.array(
  fc.record<CallPlan>({
    worksS: fc.integer({ min: 0, max: 300 }),
    ends: fc.constantFrom('list', 'list', 'list', 'short-list', 'empty', 'error'),
  }),
  { maxLength: 8 },
);

const well = (times: number): Fate[] => Array.from({ length: times }, () => 'goes-well');

/**
 * Found once: a worker that died when it had begun what was rerun; one that could no longer renew its lease; a caller that died
 * when it had begun a refresh, whose message nobody sends.
 */
const foundOnce: [Fate[], CallPlan[], { deed: 'start' | 'change' | 'nothing'; pauseS: number }[]][] = [
  [[...well(7), 'dies-after'], [], [{ deed: 'change', pauseS: 1 }]],
  [
    [...well(8), 'dies-after'],
    [{ worksS: 21, ends: 'list' }],
    [
      { deed: 'start', pauseS: 60 },
      { deed: 'change', pauseS: 0 },
    ],
  ],
  [
    ['goes-well', 'dies-after'],
    [],
    [
      { deed: 'start', pauseS: 0 },
      { deed: 'change', pauseS: 60 },
    ],
  ],
];

const deeds = fc.array(
  fc.record({
    deed: fc.constantFrom('start', 'change', 'change', 'nothing'),
    pauseS: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 60, max: 1_500 })),
  }),
  { minLength: 1, maxLength: 10 },
);

/** Lets time pass; the schedule looks once a minute. */
async function pass(world: World, ms: number): Promise<void> {
  const { clock } = world;
  for (const untilMs = clock.now() + ms; clock.now() < untilMs; ) {
    await clock.runUntil(Math.min(untilMs, clock.now() + 60_000));
    void world.tick();
  }
  await clock.runUntil(clock.now());
}

describe('a subscribed device', () => {
  it('is refreshed after every change that is heard of, whatever dies on the way, and never twice at once', async () => {
    await fc.assert(
      fc.asyncProperty(fates, plans, deeds, async (fate, plan, life) => {
        const world = new World(fate, plan);
        await world.subscribe({ onCallbacks: true });
        let lastChangeMs = 0;
        for (const { deed, pauseS } of life) {
          if (deed === 'start') void world.start().catch(() => undefined);
          if (deed === 'change') {
            lastChangeMs = world.clock.now();
            void world.change();
          }
          await pass(world, pauseS * 1000);
        }
        await pass(world, deadlineAfter(0, policy) + 2 * policy.minRefreshIntervalMs);
        expect(world.gewe.mostAtOnce, 'law 2').toBeLessThanOrEqual(1);
        expect(Math.max(0, ...world.gewe.begunAtMs)).toBeGreaterThanOrEqual(lastChangeMs);
      }),
      { numRuns, examples: foundOnce },
    );
  });

  it('is told of, at least once for what is stored in the end, whatever dies on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fates, plans, deeds, async (fate, plan, life) => {
        const world = new World(fate, plan);
        await world.subscribe({ everyMs: periodMs, onCallbacks: true });
        for (const { deed, pauseS } of life) {
          if (deed === 'start') void world.start().catch(() => undefined);
          if (deed === 'change') void world.change();
          await pass(world, pauseS * 1000);
        }
        world.calmDown();
        await pass(world, deadlineAfter(0, policy) + dueAgainMs + 2 * periodMs);
        const record = world.stores.records.get(deviceKey);
        const { told } = world.stores;
        const changes = told.filter((event) => event.kind === 'changed');
        expect(changes.at(-1)?.to).toBe(record?.snapshot?.digest);
        // A repeat says the same, and whoever keeps the greatest `rev` has the latest.
        const byId = new Map(told.map((event) => [event.eventId, event.rev]));
        for (const event of told) expect(event.rev).toBe(byId.get(event.eventId));
        const latest = changes.reduce(
          (one, other) => (other.rev > one.rev ? other : one),
          changes[0] ?? fail(),
        );
        expect(latest.to).toBe(record?.snapshot?.digest);
      }),
      { numRuns },
    );
  });

  it('hears of a burst of changes during a refresh with exactly one more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 2, max: 50 }),
        async (changes, worksS) => {
          const world = new World([], [{ worksS, ends: 'list' }]);
          await world.subscribe({ onCallbacks: true });
          void world.start();
          await world.clock.runUntil(world.clock.now() + 1_000);
          for (let count = 0; count < changes; count += 1) void world.change();
          await pass(world, 600_000);
          expect(world.gewe.begunAtMs).toHaveLength(2);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the schedule', () => {
  it('refreshes as often as promised, and never twice at once', async () => {
    const world = new World([], []);
    await world.subscribe({ everyMs: periodMs, onCallbacks: false });
    await pass(world, dayMs);
    expect(world.gewe.begunAtMs).toHaveLength(dayMs / periodMs - 1);
    await pass(world, periodMs);
    expect(world.gewe.begunAtMs).toHaveLength(dayMs / periodMs);
    expect(world.gewe.mostAtOnce).toBe(1);
  });

  it('keeps two of three of the shortest periods at the least, and never asks too soon after the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: policy.minRefreshIntervalMs / 1000, max: 300 }),
        fc.integer({ min: 0, max: 5 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (everyS, worksS, jitter) => {
          const world = new World(
            [],
            Array.from({ length: 100 }, () => ({ worksS, ends: 'list' as const })),
          );
          world.jitter = jitter;
          await world.subscribe({ everyMs: everyS * 1000, onCallbacks: false });
          await pass(world, 100 * everyS * 1000);
          expect(world.gewe.begunAtMs.length).toBeGreaterThan(66);
          expect(world.gewe.begunAtMs.length).toBeLessThanOrEqual(100);
          expect(world.gewe.mostAtOnce).toBe(1);
          expect(shortestGapMs(world.gewe.begunAtMs)).toBeGreaterThanOrEqual(policy.minRefreshIntervalMs);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('runs missed periods once', async () => {
    const world = new World([], []);
    await world.subscribe({ everyMs: periodMs, onCallbacks: false });
    await world.clock.runUntil(world.clock.now() + dayMs + 1_000);
    await pass(world, 300_000);
    expect(world.gewe.begunAtMs).toHaveLength(1);
  });

  it('loses no device whatever dies, and goes on once nothing does', async () => {
    await fc.assert(
      fc.asyncProperty(fates, async (fate) => {
        const world = new World(fate, []);
        await world.subscribe({ everyMs: periodMs, onCallbacks: false });
        await pass(world, 2 * dueAgainMs);
        world.calmDown();
        const before = world.gewe.begunAtMs.length;
        await pass(world, deadlineAfter(0, policy) + dueAgainMs + 2 * periodMs);
        expect(world.gewe.begunAtMs.length).toBeGreaterThan(before);
        expect(world.gewe.mostAtOnce).toBe(1);
      }),
      { numRuns },
    );
  });

  it('asks a failing device less and less, down to once a day', async () => {
    const world = new World(
      [],
      Array.from({ length: 100 }, () => ({ worksS: 1, ends: 'offline' as const })),
    );
    await world.subscribe({ everyMs: periodMs, onCallbacks: false });
    await pass(world, 10 * dayMs);
    const gaps = world.gewe.begunAtMs
      .slice(1)
      .map((atMs, index) => atMs - (world.gewe.begunAtMs[index] ?? 0));
    for (const [index, gap] of gaps.slice(1).entries()) {
      expect(gap + 120_000).toBeGreaterThanOrEqual(gaps[index] ?? 0);
    }
    expect(world.gewe.begunAtMs.length).toBeLessThan(20);
    expect(world.stores.records.get(deviceKey)).toMatchObject({
      offlineSinceMs: expect.any(Number),
      subscription: { failures: world.gewe.begunAtMs.length },
    });
  });

  it('stops for a token that is rejected, until a refresh that somebody starts succeeds', async () => {
    const world = new World([], [{ worksS: 1, ends: 'rejected' }]);
    await world.subscribe({ everyMs: periodMs, onCallbacks: true });
    await pass(world, dayMs);
    void world.change();
    await pass(world, dayMs);
    expect(world.gewe.begunAtMs).toHaveLength(1);
    expect(world.stores.records.get(deviceKey)?.subscription).toMatchObject({ stopped: true });
    void world.start();
    await pass(world, 3 * periodMs + 60_000);
    expect(world.gewe.begunAtMs.length).toBeGreaterThan(3);
    const { refresh } = world.stores.records.get(deviceKey) ?? {};
    expect(refresh && isOpen(refresh)).toBe(false);
  });
});

function shortestGapMs(timesMs: readonly number[]): number {
  return Math.min(...timesMs.slice(1).map((atMs, index) => atMs - (timesMs[index] ?? 0)));
}

function fail(): never {
  throw new Error('nothing was told');
}
