import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import { readContacts } from '../../lib/refresh/read.ts';
import { deedsOf, fatesWith, numRunsOr, plansWith } from './lives.ts';
import type { CallPlan } from './made-up-gewe.ts';
import { Observer } from './observer.ts';
import { deviceKey, endsBy, type Fate, World } from './world.ts';

const fates = fatesWith(12);
const lists = ['list', 'list', 'list', 'list', 'list', 'list', 'same-list', 'same-list'] as const;
const plans = plansWith([...lists, 'short-list', 'empty', 'offline', 'error'], 8);
/** What people do: start now and then, and erase the device once in a while. */
const deeds = deedsOf(['start', 'start', 'start', 'start', 'start', 'start', 'start', 'erase'], 12);

interface Life {
  readonly fates: readonly Fate[];
  readonly plans: readonly CallPlan[];
  readonly deeds: readonly { readonly deed: 'start' | 'erase'; readonly pauseS: number }[];
}

async function live(life: Life): Promise<World> {
  const world = new World(life.fates, life.plans);
  const observer = new Observer(world);
  const { clock } = world;
  for (const { deed, pauseS } of life.deeds) {
    // It may stall for long: nobody waits for it.
    if (deed === 'erase') void world.erase();
    else {
      void world.start().then(
        ({ refresh }) => observer.promise(refresh.id),
        () => undefined,
      );
    }
    await clock.runUntil(clock.now());
    await observer.look();
    const untilMs = clock.now() + pauseS * 1000;
    while (clock.now() < untilMs) {
      await clock.runUntil(Math.min(untilMs, clock.now() + 97_000));
      await observer.look();
    }
  }
  await clock.runUntil(clock.now() + endsBy(0) + world.mostInLineMs);
  await observer.look();
  observer.expectErased();
  return world;
}

describe('the laws of a refresh', () => {
  it('hold whatever dies, stalls, repeats or goes wrong upstream, at every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ fates, plans, deeds }), async (life) => {
        await live(life);
      }),
      { numRuns: numRunsOr(400) },
    );
  });

  it('a refresh whose workers live ends by itself, within its retries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ plans, deeds }), async (life) => {
        const { stores } = await live({ ...life, fates: [] });
        const record = stores.recordOf(deviceKey);
        const ended = [...(record?.refresh ? [record.refresh] : []), ...stores.archivedOf(deviceKey)];
        for (const refresh of ended) {
          expect(refresh).not.toMatchObject({ error: 'abandoned' });
          expect(refresh.attempt).toBeLessThanOrEqual(policy.retryDelaysMs.length + 2);
        }
      }),
      { numRuns: numRunsOr(150) },
    );
  });

  it('a start after all trouble is over brings the list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ fates, plans, deeds }), async (life) => {
        const world = await live(life);
        world.calmDown();
        void world.start();
        await world.clock.runUntil(world.clock.now() + endsBy(0));
        const { stores } = world;
        const stored = await readContacts(deviceKey, { records: stores, snapshots: stores.snapshots });
        expect(stored.kind).toBe('list');
      }),
      { numRuns: numRunsOr(150) },
    );
  });
});
