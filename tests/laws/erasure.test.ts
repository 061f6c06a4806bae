import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tombstoneRetentionMs } from '../../lib/aws/dynamodb/record-store.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import { sealedTokenOf } from '../../lib/device/subscribe.ts';
import { readContacts } from '../../lib/refresh/read.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import { deedsOf, fatesWith, numRunsOr, plansWith } from './lives.ts';
import { Observer } from './observer.ts';
import { deviceKey, World } from './world.ts';

const periodMs = 600_000;
const fates = fatesWith(12);
const plans = plansWith(['list', 'list', 'list', 'same-list', 'short-list', 'empty', 'error', 'offline'], 6);
const deeds = deedsOf(['start', 'change', 'discover', 'subscribe', 'erase', 'erase'], 8);

it('a device that is erased leaves nothing behind, and works when it is revived, whatever dies on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fates, plans, deeds, async (fate, plan, life) => {
      const world = new World(fate, plan);
      const observer = new Observer(world);
      const { stores } = world;
      const subscribe = () => world.subscribe({ everyMs: periodMs, onCallbacks: true });
      await subscribe();
      for (const [index, { deed, pauseS }] of life.entries()) {
        if (deed === 'start') void world.start().catch(() => undefined);
        if (deed === 'change') void world.change();
        if (deed === 'discover') void world.discover(`${index}@chatroom`);
        if (deed === 'subscribe') void subscribe();
        if (deed === 'erase') void world.erase();
        await world.pass(pauseS * 1000);
        await observer.look();
      }
      void world.erase();
      await world.pass(deadlineAfter(0, policy));
      await observer.look();
      observer.expectErased();

      world.calmDown();
      await subscribe();
      const before = world.gewe.begunAtMs.length;
      await world.pass(deadlineAfter(0, policy) + 2 * periodMs);
      await observer.look();
      observer.expectErased();
      expect(world.gewe.begunAtMs.length).toBeGreaterThan(before);
      expect((await readContacts(deviceKey, { records: stores, snapshots: stores.snapshots })).kind).toBe(
        'list',
      );
      const subscription = stores.recordOf(deviceKey)?.subscription;
      expect(await sealedTokenOf(deviceKey, subscription, stores.subscriptions)).toBeDefined();
    }),
    { numRuns: numRunsOr(100) },
  );
});

it('a device whose tombstone has expired is one that nothing is known of', async () => {
  const world = new World([], []);
  void world.start();
  await world.pass(60_000);
  void world.erase();
  await world.clock.runUntil(world.clock.now() + 2 * tombstoneRetentionMs);
  expect(world.stores.recordOf(deviceKey)).toBeUndefined();
  void world.start();
  await world.pass(60_000);
  expect(world.stores.recordOf(deviceKey)?.refresh).toMatchObject({ status: 'succeeded' });
});
