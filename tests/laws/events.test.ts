import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import { dueAgainMs } from '../../lib/device/policy.ts';
import { isOpen } from '../../lib/device/record.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import { deedsOf, fatesWith, numRunsOr, plansWith } from './lives.ts';
import type { CallPlan } from './made-up-gewe.ts';
import { deviceKey, type Strike, World } from './world.ts';

const start = (pauseS: number) => ({ deed: 'start' as const, pauseS });
const change = (pauseS: number) => ({ deed: 'change' as const, pauseS });
const periodMs = 600_000;
const dayMs = 24 * 3_600_000;
const numRuns = numRunsOr(150);

const fates = fatesWith(10);
/** Nothing that a refresh cannot be asked for again after: no device that is offline, no token that is rejected. */
const plans = plansWith(['list', 'list', 'list', 'same-list', 'short-list', 'empty', 'error'], 8);
const deeds = deedsOf(['start', 'change', 'change', 'nothing'], 10);

type Deeds = readonly { readonly deed: 'start' | 'change' | 'nothing'; readonly pauseS: number }[];

/** Lives a life of a subscribed device, and asks whether its last change was fetched. */
async function expectFetched(world: World, life: Deeds): Promise<void> {
  await world.subscribe({ onCallbacks: true });
  let lastChangeMs = 0;
  for (const { deed, pauseS } of life) {
    if (deed === 'start') void world.start().catch(() => undefined);
    if (deed === 'change') {
      lastChangeMs = world.clock.now();
      void world.change();
    }
    await world.pass(pauseS * 1000);
  }
  await world.pass(deadlineAfter(0, policy) + 2 * policy.minRefreshIntervalMs);
  expect(world.gewe.mostAtOnce, 'law 2').toBeLessThanOrEqual(1);
  // A message that met ten crashes ends what it was to carry on, with an alarm.
  if (world.deadLetters > 0) return;
  expect(Math.max(0, ...world.gewe.begunAtMs), 'law 10').toBeGreaterThanOrEqual(lastChangeMs);
}

describe('a subscribed device', () => {
  it('is refreshed after every change that is reported, whatever dies on the way, and never twice at once', async () => {
    await fc.assert(
      fc.asyncProperty(fates, plans, deeds, async (fate, plan, life) => {
        await expectFetched(new World(fate, plan), life);
      }),
      { numRuns },
    );
  });

  it.each<[title: string, strikes: readonly Strike[], life: Deeds, plan?: Partial<CallPlan>]>([
    ['a worker that dies when it has begun the rerun', [['compareAndSet', 2, 'dies-after']], [change(1)]],
    [
      'a worker that can no longer renew its lease',
      [['fetchList', 1, 'dies-after']],
      [start(60), change(0)],
      { worksS: 21 },
    ],
    [
      'a caller that dies when it has begun a refresh',
      [['compareAndSet', 1, 'dies-after']],
      [start(0), change(60)],
    ],
    [
      'a worker that stalls with its list, and one that takes over and dies',
      [
        ['write', 1, 'stalls'],
        ['extendVisibility', 2, 'dies-before'],
      ],
      [start(1), change(60)],
    ],
    [
      'a worker that stalls with its list, and two that take over, write it, and die',
      [
        ['write', 1, 'stalls'],
        ['write', 2, 'dies-after'],
        ['extendVisibility', 3, 'dies-before'],
      ],
      [start(1), change(60)],
    ],
    [
      'a caller that dies when it has begun a refresh, while an earlier list call may run',
      [['send', 3, 'dies-before']],
      [start(120), start(0), change(60)],
      { worksS: 20, breaksAfterS: 5 },
    ],
    [
      'a worker that dies at the end, and a caller that dies when it has begun the next refresh',
      [
        ['compareAndSet', 4, 'dies-after'],
        ['open', 2, 'dies-before'],
        ['send', 2, 'dies-before'],
      ],
      [start(1), change(100), start(60)],
    ],
    [
      'a change whose rerun was never sent, and a caller that dies just before it comes again',
      [
        ['send', 3, 'dies-before'],
        ['send', 4, 'dies-before'],
      ],
      [start(120), change(61), start(0)],
      { worksS: 20, breaksAfterS: 5 },
    ],
    ['a worker that dies before its list call', [['fetchList', 2, 'dies-before']], [start(1), change(60)]],
    ['a caller that dies just before the rerun', [['send', 2, 'dies-before']], [change(9), start(60)]],
  ])('is refreshed after a change in spite of %s', async (_title, strikes, life, plan) => {
    await expectFetched(new World([], [{ worksS: 5, ends: 'list', ...plan }], strikes), life);
  });

  it('publishes what is stored in the end at least once, and no change that is none, whatever dies on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fates, plans, deeds, async (fate, plan, life) => {
        const world = new World(fate, plan);
        await world.subscribe({ everyMs: periodMs, onCallbacks: true });
        for (const { deed, pauseS } of life) {
          if (deed === 'start') void world.start().catch(() => undefined);
          if (deed === 'change') void world.change();
          await world.pass(pauseS * 1000);
        }
        world.calmDown();
        await world.pass(deadlineAfter(0, policy) + dueAgainMs + 2 * periodMs);
        const record = world.stores.recordOf(deviceKey);
        const { published } = world.stores;
        const changes = published.filter((event) => event.kind === 'changed');
        expect(changes.at(-1)?.to).toBe(record?.snapshot?.digest);
        for (const { from, to } of changes) expect(from).not.toBe(to);
        // A repeat says the same, and whoever keeps the greatest `rev` has the latest.
        const byId = new Map(published.map((event) => [event.eventId, event.rev]));
        for (const event of published) expect(event.rev).toBe(byId.get(event.eventId));
        const latest = changes.reduce(
          (one, other) => (other.rev > one.rev ? other : one),
          changes[0] ?? fail(),
        );
        expect(latest.to).toBe(record?.snapshot?.digest);
      }),
      { numRuns: numRunsOr(100) },
    );
  });

  it('is refreshed exactly once more after a burst of changes during a refresh', async () => {
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
          await world.pass(600_000);
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
    await world.pass(dayMs);
    expect(world.gewe.begunAtMs).toHaveLength(dayMs / periodMs);
    await world.pass(periodMs);
    expect(world.gewe.begunAtMs).toHaveLength(dayMs / periodMs + 1);
    expect(world.gewe.mostAtOnce).toBe(1);
  });

  it('keeps two of three of the shortest periods at the least, and never asks too soon after the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: policy.minRefreshIntervalMs / 1000, max: 300 }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat({ max: 300_000 }),
        async (everyS, worksS, phaseMs) => {
          const world = new World(
            [],
            Array.from({ length: 100 }, () => ({ worksS, ends: 'list' as const })),
          );
          world.phaseMs = phaseMs;
          await world.subscribe({ everyMs: everyS * 1000, onCallbacks: false });
          await world.pass(100 * everyS * 1000);
          expect(world.gewe.begunAtMs.length).toBeGreaterThan(66);
          expect(world.gewe.begunAtMs.length).toBeLessThanOrEqual(100);
          expect(world.gewe.mostAtOnce).toBe(1);
          expect(shortestGapMs(world.gewe.begunAtMs)).toBeGreaterThanOrEqual(policy.minRefreshIntervalMs);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('begins each refresh within a twelfth of its period, and the minute until it looks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 300, max: 6 * 3_600 }),
        fc.nat({ max: 300_000 }),
        async (everyS, phaseMs) => {
          const world = new World([], []);
          world.phaseMs = phaseMs;
          const everyMs = everyS * 1000;
          const subscribedAtMs = world.clock.now();
          await world.subscribe({ everyMs, onCallbacks: false });
          await world.pass(4 * everyMs + Math.min(300_000, everyMs / 12) + 62_000);
          expect(world.gewe.begunAtMs).toHaveLength(4);
          for (const [index, begunAtMs] of world.gewe.begunAtMs.entries()) {
            const lateMs = begunAtMs - (subscribedAtMs + (index + 1) * everyMs);
            expect(lateMs).toBeGreaterThanOrEqual(0);
            expect(lateMs).toBeLessThanOrEqual(Math.min(300_000, everyMs / 12) + 61_000);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('runs missed periods once', async () => {
    const world = new World([], []);
    await world.subscribe({ everyMs: periodMs, onCallbacks: false });
    await world.clock.runUntil(world.clock.now() + dayMs + 1_000);
    await world.pass(300_000);
    expect(world.gewe.begunAtMs).toHaveLength(1);
  });

  it('loses no device whatever dies, and goes on once nothing does', async () => {
    await fc.assert(
      fc.asyncProperty(fates, async (fate) => {
        const world = new World(fate, []);
        await world.subscribe({ everyMs: periodMs, onCallbacks: false });
        await world.pass(2 * dueAgainMs);
        world.calmDown();
        const before = world.gewe.begunAtMs.length;
        await world.pass(deadlineAfter(0, policy) + dueAgainMs + 2 * periodMs);
        expect(world.gewe.begunAtMs.length).toBeGreaterThan(before);
        expect(world.gewe.mostAtOnce).toBe(1);
      }),
      { numRuns: numRunsOr(100) },
    );
  });

  it('asks a failing device less and less, down to once a day', async () => {
    const world = new World(
      [],
      Array.from({ length: 100 }, () => ({ worksS: 1, ends: 'offline' as const })),
    );
    await world.subscribe({ everyMs: periodMs, onCallbacks: false });
    await world.pass(10 * dayMs);
    const gaps = world.gewe.begunAtMs
      .slice(1)
      .map((atMs, index) => atMs - (world.gewe.begunAtMs[index] ?? 0));
    for (const [index, gap] of gaps.slice(1).entries()) {
      expect(gap + 120_000).toBeGreaterThanOrEqual(gaps[index] ?? 0);
    }
    expect(world.gewe.begunAtMs.length).toBeLessThan(20);
    expect(world.stores.recordOf(deviceKey)).toMatchObject({
      offlineSinceMs: expect.any(Number),
      subscription: { failures: world.gewe.begunAtMs.length },
    });
  });

  it('stops for a token that is rejected, until a refresh that somebody starts succeeds', async () => {
    const world = new World([], [{ worksS: 1, ends: 'rejected' }]);
    await world.subscribe({ everyMs: periodMs, onCallbacks: true });
    await world.pass(dayMs);
    void world.change();
    await world.pass(dayMs);
    expect(world.gewe.begunAtMs).toHaveLength(1);
    expect(world.stores.recordOf(deviceKey)?.subscription).toMatchObject({ stopped: true });
    void world.start();
    await world.pass(3 * periodMs + 60_000);
    expect(world.gewe.begunAtMs.length).toBeGreaterThan(3);
    const { refresh } = world.stores.recordOf(deviceKey) ?? {};
    expect(refresh && isOpen(refresh)).toBe(false);
  });
});

function shortestGapMs(timesMs: readonly number[]): number {
  return Math.min(...timesMs.slice(1).map((atMs, index) => atMs - (timesMs[index] ?? 0)));
}

function fail(): never {
  throw new Error('nothing was published');
}
