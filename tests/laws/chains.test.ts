import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../lib/device/policy.test-data.ts';
import type { Policy } from '../../lib/device/policy.ts';
import { mostSteps } from '../../lib/refresh/refresh-rules.ts';
import { settleMs } from '../../lib/refresh/run-step.ts';
import { readServerlessConfig } from '../../mocks/local-stack/serverless-config.ts';
import { fatesWith, numRunsOr, plansWith } from './lives.ts';
import type { CallPlan } from './made-up-gewe.ts';
import { deviceKey, World, workerLifeMs } from './world.ts';

// Every step of a refresh is a message that the worker sends to itself. Lambda stops such a chain after 16 rounds, unless the function allows
// loops; then nothing but the rules ends it.

const s = 1_000;
const numRuns = numRunsOr(100);
/** Lives are longer here than in other laws: hours of looking into the cache, perhaps every second. */
const lawTimeoutMs = 60_000 + numRuns * 200;
const hourMs = 3_600 * s;
const { functions } = readServerlessConfig(join(import.meta.dirname, '../../serverless.yml'));
const allowsLoops = functions.some(({ key, allowsLoops }) => key === 'fetch-contacts' && allowsLoops);

/** The service's longest: GeWe may go on for an hour after a timeout, and everything is retried ten times. */
const longest: Policy = {
  ...defaultPolicy,
  cacheWindowMs: hourMs,
  retryDelaysMs: Array.from({ length: 10 }, () => 900 * s),
};
/** No list call is answered while somebody waits for it, and GeWe's cache stays empty. */
const never: readonly CallPlan[] = Array.from({ length: 20 }, () => ({ worksS: 1_000_000, ends: 'list' }));

async function endOfRefresh(world: World) {
  void world.start();
  await world.pass(30 * hourMs);
  const record = await world.stores.load(deviceKey);
  return record?.refresh;
}

/** Everything that may be chosen (`lib/settings/user-settings.ts`). */
const policies = fc.record({
  listTimeoutS: fc.integer({ min: 1, max: 270 }),
  cachePollS: fc.integer({ min: 1, max: 60 }),
  cacheWindowS: fc.integer({ min: 0, max: 3_600 }),
  retryDelaysS: fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 10, size: 'max' }),
});
const policyOf = (chosen: typeof policies extends fc.Arbitrary<infer T> ? T : never): Policy => ({
  ...defaultPolicy,
  listTimeoutMs: chosen.listTimeoutS * s,
  cachePollMs: chosen.cachePollS * s,
  cacheWindowMs: chosen.cacheWindowS * s,
  retryDelaysMs: chosen.retryDelaysS.map((delayS) => delayS * s),
});

/** The least time that a worker has for a step (`functions/fetch-contacts.ts`), or all that it ever has here. */
const budgetFor = ({ listTimeoutMs }: Policy, isShort: boolean) =>
  isShort ? listTimeoutMs + settleMs : workerLifeMs;

/** The steps of each refresh, by its id, from the messages that were sent. */
function stepsIn(world: World): readonly ReadonlySet<number>[] {
  const steps = new Map<string, Set<number>>();
  for (const message of world.sent) {
    if (message.kind !== 'step') continue;
    const { refreshId, step } = message;
    steps.set(refreshId, (steps.get(refreshId) ?? new Set()).add(step));
  }
  return [...steps.values()];
}

describe('the chain of messages of a refresh', () => {
  const ends = [
    'list',
    'same-list',
    'short-list',
    'short-list',
    'empty',
    'error',
    'error',
    'offline',
  ] as const;
  /** Many of the calls outlast everything that waits for them. */
  const plans = fc
    .tuple(plansWith(ends, 20), fc.array(fc.nat({ max: 2 }), { minLength: 20, maxLength: 20 }))
    .map(([calls, longer]) =>
      calls.map((call, index) =>
        longer[index] === 0 ? call : { ...call, worksS: call.worksS * 1_000 + 100 },
      ),
    );

  it(
    'is shorter than its bound, whatever is chosen and whatever GeWe does',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          policies,
          plans,
          fc.nat({ max: 2_000 }),
          fc.boolean(),
          async (chosen, calls, pauseS, isShort) => {
            const policy = policyOf(chosen);
            const world = new World([], calls, [], { policy, budgetMs: budgetFor(policy, isShort) });
            // The second finds a list of the first, or a call of it that still runs.
            for (const waitMs of [pauseS * s, 40 * hourMs]) {
              void world.start();
              await world.clock.runUntil(world.clock.now() + waitMs);
            }
            for (const steps of stepsIn(world)) expect(steps.size).toBeLessThan(mostSteps(policy));
            const record = await world.stores.load(deviceKey);
            expect(record?.refresh?.status).toMatch(/succeeded|failed/);
            expect(record?.refresh).not.toMatchObject({ error: 'abandoned' });
          },
        ),
        { numRuns },
      );
    },
    lawTimeoutMs,
  );

  it(
    'is so, too, when workers and callers die or stall at any call',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          policies,
          plans,
          fatesWith(12),
          fc.boolean(),
          async (chosen, calls, fates, isShort) => {
            const policy = policyOf(chosen);
            const world = new World(fates, calls, [], { policy, budgetMs: budgetFor(policy, isShort) });
            for (const waitMs of [0, 600 * s, 40 * hourMs]) {
              void world.start().catch(() => undefined);
              await world.clock.runUntil(world.clock.now() + waitMs);
            }
            for (const steps of stepsIn(world)) expect(steps.size).toBeLessThan(mostSteps(policy));
          },
        ),
        { numRuns },
      );
    },
    lawTimeoutMs,
  );
});

describe('a refresh whose GeWe times out at every try, with a cache window of an hour and ten retries', () => {
  it('ends as its rules say, after far more rounds than Lambda lets a loop have, as the worker may loop', async () => {
    const world = new World([], never, [], { policy: longest, allowsLoops });
    const refresh = await endOfRefresh(world);
    expect(refresh).toMatchObject({ status: 'failed', error: 'upstream-timeout', attempt: 11 });
    expect(world.deadLetters).toBe(0);
    // Eleven list calls, and after each an hour of looking into the cache, in stretches of four minutes.
    expect(stepsIn(world).map(({ size }) => size)).toEqual([11 * 16]);
    expect(world.longestChain).toBe(11 * 16);
  });

  it('would end as worker-crashed if the worker did not allow loops', async () => {
    const world = new World([], never, [], { policy: longest, allowsLoops: false });
    const refresh = await endOfRefresh(world);
    expect(refresh).toMatchObject({ status: 'failed', error: 'worker-crashed' });
    expect(world.longestChain).toBe(16);
  });
});

/** How many messages were sent that lead to work. */
const worked = ({ sent }: World) => sent.filter(({ kind }) => kind !== 'wake').length;

describe('a device that changes during each refresh', () => {
  it('is refreshed as long as it does, by one chain, and no more often than the shortest interval', async () => {
    const world = new World([], [], [], { allowsLoops });
    await world.subscribe({ onCallbacks: true });
    await world.pass(s);
    for (const untilMs = world.clock.now() + 2 * hourMs; world.clock.now() < untilMs; ) {
      void world.change();
      await world.pass(2 * s);
    }
    const { begunAtMs } = world.gewe;
    const gapsMs = begunAtMs.slice(1).map((atMs, index) => atMs - (begunAtMs[index] ?? 0));
    expect(begunAtMs.length).toBeGreaterThan(100);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(defaultPolicy.minRefreshIntervalMs);
    expect(world.longestChain).toBeGreaterThan(100);
    expect(world.deadLetters).toBe(0);

    const [calls, messages] = [begunAtMs.length, worked(world)];
    await world.pass(24 * hourMs);
    // One under way, and the one that sees the last change.
    expect(begunAtMs.length - calls).toBeLessThanOrEqual(2);
    expect(worked(world) - messages).toBeLessThanOrEqual(4);
  });
});
