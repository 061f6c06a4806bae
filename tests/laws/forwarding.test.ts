import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveUpAfterMs, longestWaitMs, mostUnproven, nextWaitS } from '../../lib/callbacks/forward-rules.ts';
import { ForwardingWorld, type Phase, type WorldOptions } from './forwarding-world.ts';

const second = 1_000;
const minute = 60 * second;
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
const options = fc.record<WorldOptions>({
  runs: fc.integer({ min: 1, max: 3 }),
  slots: fc.integer({ min: 5, max: 40 }),
});
const runsOf = (few: number) => ({ numRuns: Number(process.env.LAW_RUNS ?? few) });

const troubles = fc.constantFrom<Phase['does']>(
  'is slow',
  'is down',
  'hangs',
  'answers 500',
  'answers 429',
  'is refused',
);
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
  chosen: WorldOptions,
): ForwardingWorld {
  const world = new ForwardingWorld(new Map([['bot', story]]), randomOf(jitter), chosen);
  for (const [id, { body, share, isLarge }] of received.entries())
    world.receive('bot', String(id), body, Math.floor(share * lengthOf(story)), isLarge);
  return world;
}

/** Every callback is there, byte by byte, and nothing is left. `repeated`: more than once is allowed. */
function expectAll(
  world: ForwardingWorld,
  received: readonly { body: Uint8Array }[],
  { repeated = false } = {},
): void {
  for (const [id, { body }] of received.entries()) {
    const arrivals = world.arrived.filter(({ headerId }) => headerId === String(id));
    const compared = arrivals.map((arrival) => Buffer.compare(arrival.body, body));
    expect(repeated ? [...new Set(compared)] : compared).toEqual([0]);
  }
  expect(world.waiting).toEqual([]);
  expect(world.deadLetters).toEqual([]);
}

/** When everything is there of a target that was in trouble for so long. */
function allThereMs(troubleMs: number): number {
  // The last delivery that failed ended 30 s after the trouble, and the target rests for three times as long.
  const lastPausedMs = troubleMs + 2 * minute;
  return lastPausedMs + nextWaitS(lastPausedMs, 1) * 1000 + minute;
}

describe('every callback arrives, bytes equal, none lost', () => {
  it('at a target that is down for ten minutes, slow, answers 500, and is back', async () => {
    const story: Phase[] = [
      { does: 'is down', lastsMs: 10 * minute },
      { does: 'is slow', lastsMs: 5 * minute },
      { does: 'answers 500', lastsMs: 5 * minute },
    ];
    await fc.assert(
      fc.asyncProperty(callbacks, jitters, options, async (received, jitter, chosen) => {
        const world = worldOf(story, received, jitter, chosen);
        await world.clock.runUntil(world.startMs + 35 * minute);
        expectAll(world, received);
      }),
      runsOf(40),
    );
  });

  it('at a target in any trouble for less than a day, soon after it is back', async () => {
    await fc.assert(
      fc.asyncProperty(
        phases(4 * hour),
        callbacks,
        jitters,
        options,
        async (story, received, jitter, chosen) => {
          const world = worldOf(story, received, jitter, chosen);
          await world.clock.runUntil(world.startMs + allThereMs(lengthOf(story)));
          expectAll(world, received);
        },
      ),
      runsOf(40),
    );
  });

  it('whenever a run crashes before it could delete what it has served: then some arrive more than once', async () => {
    const crashing = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        phases(hour),
        callbacks,
        jitters,
        crashing,
        async (story, received, jitter, crashes) => {
          let left = 5;
          const next = randomOf(crashes.map(Number));
          const chosen = { crashes: () => next() === 1 && left-- > 0 };
          const world = worldOf(story, received, jitter, chosen);
          const receivedAgainMs = 5 * 130 * second;
          await world.clock.runUntil(world.startMs + allThereMs(lengthOf(story)) + receivedAgainMs);
          expectAll(world, received, { repeated: true });
        },
      ),
      runsOf(40),
    );
  });
});

describe('a target that never comes back', () => {
  const story: Phase[] = [{ does: 'hangs', lastsMs: 100 * hour }];

  it('has its callbacks in the dead-letter queue after a day, as they were received', async () => {
    await fc.assert(
      fc.asyncProperty(callbacks, jitters, options, async (received, jitter, chosen) => {
        const world = new ForwardingWorld(new Map([['bot', story]]), randomOf(jitter), chosen);
        for (const [id, { body, isLarge }] of received.entries())
          world.receive('bot', String(id), body, id * 1_000, isLarge);
        await world.clock.runUntil(world.startMs + giveUpAfterMs - minute);
        expect(world.deadLetters).toEqual([]);
        await world.clock.runUntil(world.startMs + giveUpAfterMs + longestWaitMs * 1.2 + 10 * minute);
        expect(world.deadLetters).toHaveLength(received.length);
        expect(world.waiting).toEqual([]);
        for (const dead of world.deadLetters) {
          expect(dead).not.toHaveProperty('waitsSinceMs');
          expect(dead).not.toHaveProperty('dueAtMs');
        }
      }),
      runsOf(10),
    );
  });

  it('does not hold up others, be there but one run of few messages and a storm of its callbacks', async () => {
    await fc.assert(
      fc.asyncProperty(jitters, async (jitter) => {
        const world = new ForwardingWorld(new Map([['dead', story]]), randomOf(jitter), { slots: 5 });
        for (let id = 0; id < 300; id += 1)
          world.receive('dead', `dead ${id}`, Uint8Array.of(1), id * 2_000, false);
        for (let id = 0; id < 60; id += 1)
          world.receive('alive', String(id), Uint8Array.of(2), id * 10_000, false);
        await world.clock.runUntil(world.startMs + 11 * minute);
        expect(world.arrived).toHaveLength(60);
        const delaysMs = world.arrived.map(
          ({ headerId, atMs }) => atMs - world.startMs - Number(headerId) * 10_000,
        );
        expect(Math.max(...delaysMs)).toBeLessThan(second);
        expect(world.attempts.get('dead')).toBeLessThan(8);
      }),
      runsOf(5),
    );
  });
});

describe('two tokens', () => {
  /** 5,000 callbacks of one in ten seconds, and one of the other each second, over two minutes. */
  function flooded(story: readonly Phase[], jitter: readonly number[], chosen: WorldOptions = {}) {
    const world = new ForwardingWorld(new Map([['flooded', story]]), randomOf(jitter), chosen);
    for (let id = 0; id < 5_000; id += 1)
      world.receive('flooded', `flooded ${id}`, Uint8Array.of(1), id * 2, id % 10 === 0);
    for (let id = 0; id < 120; id += 1)
      world.receive('other', `other ${id}`, Uint8Array.of(2), id * second, id % 10 === 0);
    return world;
  }

  const arrivalsOf = (world: ForwardingWorld, name: string) =>
    world.arrived.filter(({ headerId }) => headerId.startsWith(`${name} `));
  const delaysOf = (world: ForwardingWorld) =>
    arrivalsOf(world, 'other').map(
      ({ headerId, atMs }) => atMs - world.startMs - Number(headerId.slice(6)) * second,
    );

  it.each<Phase['does']>([
    'is down',
    'hangs',
    'is slow',
    'answers 500',
    'answers 429',
    'is refused',
    'answers',
  ])(
    'whatever the one does (it %s), nothing of the other comes later than a second; when it is back, its own all arrive',
    async (does) => {
      const story: Phase[] = [{ does, lastsMs: 2 * minute }];
      const world = flooded(story, [0.2, 0.9, 0.5], { runs: 2 });
      await world.clock.runUntil(world.startMs + 2 * minute + second);
      expect(arrivalsOf(world, 'other')).toHaveLength(120);
      expect(Math.max(...delaysOf(world))).toBeLessThan(second);
      if (does !== 'answers') expect(world.attempts.get('flooded')).toBeLessThan(150);
      await world.clock.runUntil(world.startMs + 20 * minute);
      expect(new Set(arrivalsOf(world, 'flooded').map(({ headerId }) => headerId)).size).toBe(5_000);
      expect(world.waiting).toEqual([]);
      expect(world.deadLetters).toEqual([]);
    },
  );

  it('what waits is not in flight, and comes back at a bounded pace', async () => {
    const world = flooded([{ does: 'hangs', lastsMs: 24 * hour }], [0.2, 0.9, 0.5], { runs: 2 });
    await world.clock.runUntil(world.startMs + 10 * second);
    const before = world.receives;
    expect(before).toBeLessThan(5_000 + 1_500);
    await world.clock.runUntil(world.startMs + 2 * minute);
    expect(world.receives - before).toBeLessThan(110 * 2 * 51);
    expect(world.mostInFlight).toBeLessThanOrEqual(2 * 40);
    expect(world.waiting).toHaveLength(5_000);
  });

  it('however many targets hang, one that answers is not held up', async () => {
    const hangs: Phase[] = [{ does: 'hangs', lastsMs: hour }];
    const names = Array.from({ length: 60 }, (_, index) => `dead ${index}`);
    const phasesOf = new Map(names.map((name) => [name, hangs] as const));
    const world = new ForwardingWorld(phasesOf, randomOf([0.2, 0.9, 0.5]));
    for (let id = 0; id < 120; id += 1)
      world.receive('other', `other ${id}`, Uint8Array.of(2), id * second, false);
    for (const name of names)
      for (let id = 0; id < 50; id += 1)
        world.receive(name, `${name} ${id}`, Uint8Array.of(1), 2 * second + id * 200, false);
    await world.clock.runUntil(world.startMs + 2 * minute + second);
    expect(arrivalsOf(world, 'other')).toHaveLength(120);
    expect(Math.max(...delaysOf(world))).toBeLessThan(second);
  });

  it('no token has more than its share of the deliveries', async () => {
    const story: Phase[] = [{ does: 'hangs', lastsMs: hour }];
    const world = flooded(story, [0.5]);
    await world.clock.runUntil(world.startMs + 29 * second);
    expect(world.attempts.get('flooded')).toBe(mostUnproven);
  });
});

describe('a token that has more callbacks waiting than it may', () => {
  it('keeps the latest; the oldest are in the dead-letter queue, and none is lost', async () => {
    const bound = 100;
    const received = fc.array(fc.integer({ min: 0, max: 6 * hour }), { minLength: 90, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(received, jitters, options, async (agesMs, jitter, chosen) => {
        const story: Phase[] = [{ does: 'is down', lastsMs: 100 * hour }];
        const world = new ForwardingWorld(new Map([['bot', story]]), randomOf(jitter), {
          ...chosen,
          maxWaiting: bound,
        });
        for (const [id, ms] of agesMs.entries())
          world.receive('bot', String(id), Uint8Array.of(1), ms, false);
        // What waits is looked at every 15 minutes at least.
        await world.clock.runUntil(world.startMs + 6.5 * hour);
        const left = world.waiting.map(({ receivedAtMs }) => receivedAtMs);
        const dead = world.deadLetters.map(({ receivedAtMs }) => receivedAtMs);
        expect(left.length + dead.length).toBe(agesMs.length);
        expect(left.length).toBeLessThanOrEqual(bound);
        expect(left.length).toBeGreaterThanOrEqual(Math.min(bound, agesMs.length) * 0.9);
        const oneBucketMs = 10 * minute;
        expect(Math.max(0, ...dead) - oneBucketMs).toBeLessThanOrEqual(Math.min(...left));
      }),
      runsOf(5),
    );
  });
});
