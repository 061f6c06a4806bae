import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveUpAfterMs, longestWaitMs, nextWaitS, pauseAfterMs } from '../../lib/callbacks/forward-rules.ts';
import { ForwardingWorld, type Phase } from './forwarding-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const jitters = fc.array(random, { minLength: 1, maxLength: 30 });
const randomOf = (values: readonly number[]) => {
  let next = 0;
  return () => values[next++ % values.length] ?? 0;
};
const callback = fc.record({
  body: fc.uint8Array({ maxLength: 40 }),
  /** Of the time that the target is in trouble. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isLarge: fc.boolean(),
});
const callbacks = fc.array(callback, { minLength: 1, maxLength: 12 });
const workers = fc.integer({ min: 1, max: 3 });

const troubles = fc.constantFrom<Phase['does']>('is slow', 'is down', 'hangs', 'answers 500', 'is refused');
const phases = (longestMs: number) =>
  fc.array(fc.record<Phase>({ does: troubles, lastsMs: fc.integer({ min: 1_000, max: longestMs }) }), {
    minLength: 1,
    maxLength: 5,
  });

const lengthOf = (all: readonly Phase[]) => all.reduce((sum, { lastsMs }) => sum + lastsMs, 0);

/** A world of one target in which the callbacks come while it is in trouble. */
function worldOf(
  story: readonly Phase[],
  received: readonly { body: Uint8Array; share: number; isLarge: boolean }[],
  jitter: readonly number[],
  count: number,
): ForwardingWorld {
  const world = new ForwardingWorld(new Map([['bot', story]]), randomOf(jitter), count);
  for (const [id, { body, share, isLarge }] of received.entries())
    world.receive('bot', String(id), body, Math.floor(share * lengthOf(story)), isLarge);
  return world;
}

/** Every callback is there, byte by byte, and nothing is left. */
function expectAll(world: ForwardingWorld, received: readonly { body: Uint8Array }[]): void {
  for (const [id, { body }] of received.entries()) {
    const arrivals = world.arrived.filter(({ headerId }) => headerId === String(id));
    expect(arrivals.map((arrival) => Buffer.compare(arrival.body, body))).toEqual([0]);
  }
  expect(world.waiting).toBe(0);
  expect(world.deadLetters).toEqual([]);
}

describe('every callback arrives, bytes equal, none lost', () => {
  it('at a target that is down for ten minutes, slow, answers 500, and is back', async () => {
    const story: Phase[] = [
      { does: 'is down', lastsMs: 10 * minute },
      { does: 'is slow', lastsMs: 5 * minute },
      { does: 'answers 500', lastsMs: 5 * minute },
    ];
    await fc.assert(
      fc.asyncProperty(callbacks, jitters, workers, async (received, jitter, count) => {
        const world = worldOf(story, received, jitter, count);
        await world.clock.runUntil(world.startMs + 35 * minute);
        expectAll(world, received);
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 40) },
    );
  });

  it('at a target in any trouble for less than a day, soon after it is back', async () => {
    await fc.assert(
      fc.asyncProperty(
        phases(4 * hour),
        callbacks,
        jitters,
        workers,
        async (story, received, jitter, count) => {
          const world = worldOf(story, received, jitter, count);
          const troubleMs = lengthOf(story);
          // The last attempts that failed ended this long after it came back, and those callbacks wait for so long then.
          const lateMs = received.length * 30_000;
          const waitMs = Math.max(pauseAfterMs(30_000), nextWaitS(troubleMs + lateMs, 1) * 1000);
          await world.clock.runUntil(world.startMs + troubleMs + lateMs + waitMs + minute);
          expectAll(world, received);
        },
      ),
      { numRuns: Number(process.env.LAW_RUNS ?? 40) },
    );
  });
});

describe('a target that never comes back', () => {
  it('has its callbacks in the dead-letter queue after a day', async () => {
    const story: Phase[] = [{ does: 'hangs', lastsMs: 100 * hour }];
    await fc.assert(
      fc.asyncProperty(callbacks, jitters, workers, async (received, jitter, count) => {
        const world = new ForwardingWorld(new Map([['bot', story]]), randomOf(jitter), count);
        for (const [id, { body, isLarge }] of received.entries())
          world.receive('bot', String(id), body, id * 1_000, isLarge);
        await world.clock.runUntil(world.startMs + giveUpAfterMs - minute);
        expect(world.deadLetters).toEqual([]);
        await world.clock.runUntil(world.startMs + giveUpAfterMs + longestWaitMs * 1.2 + 10 * minute);
        expect(world.deadLetters).toHaveLength(received.length);
        expect(world.waiting).toBe(0);
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 10) },
    );
  });

  it('does not hold up others, be there but one worker and a storm of its callbacks', async () => {
    const story: Phase[] = [{ does: 'hangs', lastsMs: 100 * hour }];
    await fc.assert(
      fc.asyncProperty(jitters, async (jitter) => {
        const world = new ForwardingWorld(new Map([['dead', story]]), randomOf(jitter), 1);
        for (let id = 0; id < 300; id += 1)
          world.receive('dead', `dead ${id}`, Uint8Array.of(1), id * 2_000, false);
        for (let id = 0; id < 60; id += 1)
          world.receive('alive', String(id), Uint8Array.of(2), id * 10_000, false);
        await world.clock.runUntil(world.startMs + 11 * minute);
        expect(world.arrived).toHaveLength(60);
        const delaysMs = world.arrived.map(
          ({ headerId, atMs }) => atMs - world.startMs - Number(headerId) * 10_000,
        );
        expect(Math.max(...delaysMs)).toBeLessThan(35_000);
        expect(world.attempts.get('dead')).toBeLessThan(8);
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 5) },
    );
  });
});
