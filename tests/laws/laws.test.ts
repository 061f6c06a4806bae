import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackBody } from '../../lib/aws/dynamodb/snapshot-body.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import type { Refresh } from '../../lib/device/record.ts';
import { readContacts, readRefresh } from '../../lib/refresh/read.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import { type CallPlan, versionIn } from './made-up-gewe.ts';
import { type Fate, secret, World } from './world.ts';

const deviceKey = deviceKeyOf(secret.token, secret.appId);

const fates = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Fate>('goes-well') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('dies-before', 'dies-after', 'stalls') },
  ),
  { maxLength: 120 },
);

const plans = fc.array(
  fc.record<CallPlan>(
    {
      worksS: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 200, max: 590 })),
      ends: fc.oneof(
        { weight: 4, arbitrary: fc.constant('list' as const) },
        { weight: 1, arbitrary: fc.constantFrom('short-list', 'empty', 'offline', 'error') },
      ),
      breaksAfterS: fc.integer({ min: 0, max: 60 }),
    },
    { requiredKeys: ['worksS', 'ends'] },
  ),
  { maxLength: 8 },
);

/** What people do: start now and then, with pauses in between. */
const pausesS = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 60, max: 2_000 })), {
  minLength: 1,
  maxLength: 12,
});

const isOpen = ({ status }: Refresh) => status === 'queued' || status === 'running';

/** Watches a world as callers see it, and complains as soon as a law is broken. */
class Telemetry {
  readonly #world: World;
  readonly #promised = new Map<string, { byMs: number; ended?: Refresh }>();
  #served = { version: 0, asOfMs: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  promise(refreshId: string): void {
    const byMs = deadlineAfter(this.#world.clock.now(), policy);
    if (!this.#promised.has(refreshId)) this.#promised.set(refreshId, { byMs });
  }

  async look(): Promise<void> {
    const { stores, clock } = this.#world;
    const ports = { records: stores, snapshots: stores.snapshots, archive: stores.archive, clock };
    let changedSinceMs = 0;
    for (const [id, promise] of this.#promised) {
      const seen = await readRefresh(deviceKey, id, ports);
      if (seen === undefined) {
        // Readable for 24 h after its end, and no longer.
        expect(promise.ended).toBeDefined();
        continue;
      }
      const { refresh } = seen;
      if (promise.ended) expect(refresh).toEqual(promise.ended);
      if (clock.now() >= promise.byMs) expect(isOpen(refresh), 'law 1').toBe(false);
      if (!isOpen(refresh)) promise.ended = refresh;
      const brought = 'result' in refresh ? (refresh.result?.added ?? 0) + (refresh.result?.removed ?? 0) : 0;
      if (brought > 0) changedSinceMs = Math.max(changedSinceMs, refresh.startedAtMs ?? 0);
    }
    const stored = await readContacts(deviceKey, ports);
    if (stored.kind !== 'list') {
      expect(this.#served.version, 'law 5').toBe(0);
      expect(changedSinceMs, 'law 8').toBe(0);
      return;
    }
    const version = versionIn(unpackBody(stored.gzip));
    expect(stored.snapshot.changedAtMs, 'law 8').toBeGreaterThanOrEqual(changedSinceMs);
    expect(version, 'law 4').toBeGreaterThanOrEqual(this.#served.version);
    expect(stored.snapshot.asOfMs, 'law 4').toBeGreaterThanOrEqual(this.#served.asOfMs);
    expect(this.#world.gewe.mostAtOnce, 'law 2').toBeLessThanOrEqual(1);
    this.#served = { version, asOfMs: stored.snapshot.asOfMs };
  }
}

async function live(life: { fates: Fate[]; plans: CallPlan[]; pausesS: number[] }): Promise<World> {
  const world = new World(life.fates, life.plans);
  const telemetry = new Telemetry(world);
  const { clock } = world;
  for (const pauseS of life.pausesS) {
    // It may stall for long: nobody waits for it.
    void world.start().then(
      ({ refresh }) => telemetry.promise(refresh.id),
      () => undefined,
    );
    await clock.runUntil(clock.now());
    await telemetry.look();
    const untilMs = clock.now() + pauseS * 1000;
    while (clock.now() < untilMs) {
      await clock.runUntil(Math.min(untilMs, clock.now() + 97_000));
      await telemetry.look();
    }
  }
  await clock.runUntil(clock.now() + deadlineAfter(0, policy));
  await telemetry.look();
  return world;
}

describe('the laws of a refresh', () => {
  it('hold whatever dies, stalls, repeats or goes wrong upstream, at every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ fates, plans, pausesS }), async (life) => {
        await live(life);
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 400) },
    );
  });

  it('a refresh whose workers live ends by itself, within its retries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ plans, pausesS }), async (life) => {
        const { stores } = await live({ ...life, fates: [] });
        const record = stores.records.get(deviceKey);
        const ended = [record?.refresh, ...stores.archived.map((one) => one.refresh)];
        for (const refresh of ended) {
          expect(refresh).not.toMatchObject({ error: 'abandoned' });
          expect(refresh?.attempt).toBeLessThanOrEqual(policy.retryDelaysMs.length + 2);
        }
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 150) },
    );
  });

  it('a start after all trouble is over brings the list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ fates, plans, pausesS }), async (life) => {
        const world = await live(life);
        world.calmDown();
        void world.start();
        await world.clock.runUntil(world.clock.now() + deadlineAfter(0, policy));
        const stored = await readContacts(deviceKey, {
          records: world.stores,
          snapshots: world.stores.snapshots,
        });
        expect(stored.kind).toBe('list');
      }),
      { numRuns: Number(process.env.LAW_RUNS ?? 150) },
    );
  });
});
