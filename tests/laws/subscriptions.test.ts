import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviceOwnerOf } from '../../lib/device/keys.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import type { RecordStore, SubscriptionStore } from '../../lib/device/ports.ts';
import {
  deleteSubscription,
  readSubscription,
  sealedTokenOf,
  upsertSubscription,
} from '../../lib/device/subscribe.ts';
import { finishRefresh } from '../../lib/refresh/publish.ts';
import { MemoryStores } from './memory-stores.ts';

const numRuns = Number(process.env.LAW_RUNS ?? 3_000);
const owner = deviceOwnerOf({ token: 'canary-token', appId: 'wx_law' });
const { deviceKey } = owner;
const signal = new AbortController().signal;
const clock = { now: () => 1_000, sleep: async () => undefined };
const success = { kind: 'success' as const };

/** The ports on these stores; records and tokens may be reached in another way. */
function portsOn(
  stores: MemoryStores,
  records: RecordStore = stores,
  subscriptions: SubscriptionStore = stores.subscriptions,
) {
  let suffixes = stores.fencesOf(deviceKey).length;
  return {
    records,
    subscriptions,
    tokens: stores.tokens,
    account: { checkOnline: async () => success, setCallback: async () => success },
    sealer: { seal: async () => 'sealed' },
    resealer: { reseal: async () => 'sealed anew' },
    events: stores.events,
    queue: { send: async () => undefined },
    clock,
    policy,
    newSubscriptionSuffix: () => {
      suffixes += 1;
      return `suffix0${suffixes}`;
    },
  };
}

/** What one caller does, one after the other. */
const deeds = fc.array(fc.constantFrom('put', 'put other terms', 'delete', 'reseal'), {
  minLength: 1,
  maxLength: 3,
});

it('keeps a sealed token exactly while its subscription is there, however putting, deleting and sealing anew overlap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.boolean(),
      fc.array(deeds, { minLength: 2, maxLength: 3 }),
      async (scheduler, isThereBefore, callers) => {
        const stores = new MemoryStores(clock);
        const calm = portsOn(stores);
        if (isThereBefore) await upsertSubscription(owner, { onCallbacks: true }, calm, signal);

        const { subscriptions } = stores;
        const ports = portsOn(
          stores,
          {
            load: scheduler.scheduleFunction((key) => stores.load(key)),
            compareAndSet: scheduler.scheduleFunction((key, next) => stores.compareAndSet(key, next)),
          },
          {
            put: scheduler.scheduleFunction((...put) => subscriptions.put(...put)),
            replace: scheduler.scheduleFunction((...put) => subscriptions.replace(...put)),
            load: scheduler.scheduleFunction((key) => subscriptions.load(key)),
            delete: scheduler.scheduleFunction((...named) => subscriptions.delete(...named)),
          },
        );
        const serve = async (what: string) => {
          if (what === 'delete') await deleteSubscription(deviceKey, ports);
          else if (what === 'reseal')
            await finishRefresh(deviceKey, await ports.records.load(deviceKey), 'sealed', ports);
          else await upsertSubscription(owner, { onCallbacks: what === 'put' }, ports, signal);
        };
        const done = callers.map(async (own) => {
          for (const what of own) await serve(what);
        });
        await scheduler.waitFor(Promise.all(done));

        const subscription = (await readSubscription(deviceKey, calm))?.subscription;
        const isSubscribed = subscription !== undefined;
        expect((await sealedTokenOf(deviceKey, subscription, calm.subscriptions)) !== undefined).toBe(
          isSubscribed,
        );
        expect(stores.fencesOf(deviceKey).length).toBe(isSubscribed ? 1 : 0);
      },
    ),
    { numRuns },
  );
});

it('forgets the token that a deletion left when it died on the way', async () => {
  const stores = new MemoryStores(clock);
  const ports = portsOn(stores);
  await upsertSubscription(owner, { onCallbacks: true }, ports, signal);
  const dying = { ...stores.subscriptions, delete: () => Promise.reject(new Error('dead')) };
  await expect(deleteSubscription(deviceKey, portsOn(stores, stores, dying))).rejects.toThrow('dead');
  expect(stores.fencesOf(deviceKey).length).toBe(1);
  await deleteSubscription(deviceKey, ports);
  expect(stores.fencesOf(deviceKey).length).toBe(0);
});
