import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../../lib/device/record.ts';
import { fatesWith, numRunsOr, plansWith, well } from './lives.ts';
import { deviceKey, endsBy, type Fate, World } from './world.ts';

const life = fc.record({
  fates: fatesWith(7),
  plans: plansWith(['list', 'list', 'same-list', 'short-list', 'empty', 'offline', 'error'], 6),
  starts: fc.integer({ min: 1, max: 5 }),
});

/** Starts refreshes one after the other, each with all the time that it may take; returns the ids of those that stand ended. */
async function live(world: World, starts: number): Promise<string[]> {
  for (let count = 0; count < starts; count += 1) {
    void world.start().catch(() => undefined);
    await world.clock.runUntil(world.clock.now() + endsBy(0) + 1_000);
  }
  const known = [world.stores.recordOf(deviceKey)?.refresh, ...world.stores.archivedOf(deviceKey)];
  return known.flatMap((refresh) => (refresh && !isOpen(refresh) ? [refresh.id] : []));
}

describe('the end of a refresh', () => {
  it('is reported once at most, whatever dies, and only of a refresh that ended', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ({ fates, plans, starts }) => {
        const world = new World(fates, plans);
        const ended = await live(world, starts);
        expect(new Set(world.reportedEnds).size).toBe(world.reportedEnds.length);
        expect(ended).toEqual(expect.arrayContaining(world.reportedEnds));
      }),
      { numRuns: numRunsOr(100) },
    );
  });

  it('is reported of every refresh when nobody dies', async () => {
    await fc.assert(
      fc.asyncProperty(life, async ({ plans, starts }) => {
        const world = new World([], plans);
        expect((await live(world, starts)).toSorted()).toEqual(world.reportedEnds.toSorted());
      }),
      { numRuns: numRunsOr(50) },
    );
  });

  it('is reported as abandoned by the next start, when its message was lost with who sent it', async () => {
    const world = new World([...well(3), 'dies-before'], []);
    await live(world, 1);
    const lost = world.stores.recordOf(deviceKey)?.refresh;
    expect(world.reportedEnds).toEqual([]);
    await live(world, 1);
    expect(world.reportedEnds[0]).toBe(lost?.id);
    expect(world.reportedEnds).toHaveLength(2);
  });
});

describe('a message whose workers all die', () => {
  it('is reported as a dead letter, once, and its refresh as ended', async () => {
    const fates: Fate[] = [...well(4), ...Array.from({ length: 10 }, (): Fate => 'dies-before')];
    const world = new World(fates, []);
    await live(world, 1);
    expect(world.reportedDeadLetters).toBe(1);
    expect(world.reportedEnds).toHaveLength(1);
    expect(world.stores.recordOf(deviceKey)?.refresh).toMatchObject({ error: 'worker-crashed' });
  });
});
