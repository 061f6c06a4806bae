import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import { isOpen } from '../../lib/device/record.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import type { CallPlan } from './made-up-gewe.ts';
import { type Fate, secret, World } from './world.ts';

const deviceKey = deviceKeyOf(secret.token, secret.appId);

const life = fc.record({
  fates: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Fate>('goes-well') },
      { weight: 1, arbitrary: fc.constantFrom<Fate>('dies-before', 'dies-after', 'stalls') },
    ),
    { maxLength: 80 },
  ),
  plans: fc.array(
    fc.record<CallPlan>({
      worksS: fc.integer({ min: 0, max: 300 }),
      ends: fc.constantFrom('list', 'list', 'short-list', 'empty', 'offline', 'error'),
    }),
    { maxLength: 6 },
  ),
  starts: fc.integer({ min: 1, max: 5 }),
});

/** Starts refreshes one after the other, each with all the time that it may take; returns the ids of those that stand ended. */
async function live(world: World, starts: number): Promise<string[]> {
  for (let count = 0; count < starts; count += 1) {
    void world.start().catch(() => undefined);
    await world.clock.runUntil(world.clock.now() + deadlineAfter(0, policy) + 1_000);
  }
  const record = world.stores.records.get(deviceKey);
  const archived = world.stores.archived.map(({ refresh }) => refresh);
  const known = [record?.refresh, ...archived];
  return known.flatMap((refresh) => (refresh && !isOpen(refresh) ? [refresh.id] : []));
}

describe('the end of a refresh', () => {
  it('is told to the telemetry once at most, whatever dies, and only of one that ended', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ({ fates, plans, starts }) => {
        const world = new World(fates, plans);
        const ended = await live(world, starts);
        expect(new Set(world.toldEnded).size).toBe(world.toldEnded.length);
        expect(ended).toEqual(expect.arrayContaining(world.toldEnded));
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 100) },
    );
  });

  it('is told of every refresh when nobody dies', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ({ plans, starts }) => {
        const world = new World([], plans);
        expect((await live(world, starts)).toSorted()).toEqual(world.toldEnded.toSorted());
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 50) },
    );
  });

  it('is told as abandoned by the next start, when its message was lost with who sent it', async () => {
    const world = new World(['goes-well', 'goes-well', 'goes-well', 'dies-before'], []);
    await live(world, 1);
    const lost = world.stores.records.get(deviceKey)?.refresh;
    expect(world.toldEnded).toEqual([]);
    await live(world, 1);
    expect(world.toldEnded[0]).toBe(lost?.id);
    expect(world.toldEnded).toHaveLength(2);
  });
});

describe('a message whose workers all die', () => {
  it('is told as deadLetterHandled, once, and its refresh as ended', async () => {
    const fates: Fate[] = [
      ...Array.from({ length: 4 }, (): Fate => 'goes-well'),
      ...Array.from({ length: 10 }, (): Fate => 'dies-before'),
    ];
    const world = new World(fates, []);
    await live(world, 1);
    expect(world.toldBuried).toBe(1);
    expect(world.toldEnded).toHaveLength(1);
    expect(world.stores.records.get(deviceKey)?.refresh).toMatchObject({ error: 'worker-crashed' });
  });
});
