import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameBack, wentOffline } from './presence-rules.ts';
import type { DeviceRecord, SnapshotRef, Subscription } from './record.ts';
import {
  backedOff,
  nextDue,
  subscribe,
  subscriptionIdOf,
  subscriptionNamed,
  unsubscribe,
} from './subscription-rules.ts';

const t0 = 1_750_000_000_000;
const minute = 60_000;
const empty: DeviceRecord = { rev: 7, superseded: {} };

const anySubscription: fc.Arbitrary<Subscription> = fc.record({
  suffix: fc.constant('aaaaaaaa'),
  createdAtMs: fc.constant(t0),
  anchorMs: fc.integer({ min: t0, max: t0 + 1e9 }),
  everyMs: fc.integer({ min: minute, max: 30 * 24 * 60 * minute }),
  onCallbacks: fc.boolean(),
  failures: fc.integer({ min: 0, max: 60 }),
});

describe('putting a subscription', () => {
  it('makes one that is due after its period, and revives a device that was erased', () => {
    const { next, outcome } = subscribe(
      { ...empty, erasedAtMs: t0 },
      { everyMs: 10 * minute, onCallbacks: true },
      'aaaaaaaa',
      t0,
    );
    expect(outcome).toMatchObject({ created: true, rev: 8, subscription: { dueAtMs: t0 + 10 * minute } });
    expect(next).toMatchObject({ rev: 8, subscription: outcome.subscription });
    expect(next).not.toHaveProperty('erasedAtMs');
  });

  it('again changes nothing; with other terms it keeps its id', () => {
    const input = { everyMs: 10 * minute, onCallbacks: true };
    const { next: first } = subscribe(empty, input, 'aaaaaaaa', t0);
    const again = subscribe(first, input, 'bbbbbbbb', t0 + minute);
    expect(again.next).toBeUndefined();
    expect(again.outcome.created).toBe(false);
    const other = subscribe(first, { onCallbacks: false }, 'bbbbbbbb', t0 + minute);
    expect(other.outcome.subscription).toMatchObject({
      suffix: 'aaaaaaaa',
      createdAtMs: t0,
      onCallbacks: false,
    });
    expect(other.outcome.subscription).not.toHaveProperty('dueAtMs');
  });

  it('again wakes one that was stopped', () => {
    const input = { everyMs: 10 * minute, onCallbacks: true };
    const { outcome } = subscribe(empty, input, 'aaaaaaaa', t0);
    const stopped = { ...empty, subscription: { ...outcome.subscription, failures: 3, stopped: true } };
    const woken = subscribe(stopped, input, 'bbbbbbbb', t0 + minute).outcome.subscription;
    expect(woken).toMatchObject({ failures: 0, dueAtMs: t0 + 10 * minute });
    expect(woken).not.toHaveProperty('stopped');
  });

  it('ends with what it asked for', () => {
    const { next } = subscribe(empty, { onCallbacks: true }, 'aaaaaaaa', t0);
    const ended = unsubscribe(
      next && { ...next, rerun: { notBeforeMs: t0, sentAtMs: t0, trigger: 'callback' } },
    );
    expect(ended.next).toEqual({ ...empty, rev: 9 });
    expect(unsubscribe(empty).next).toBeUndefined();
  });
});

describe('the next due time', () => {
  it('is the first whole period after now, whatever was missed', () => {
    fc.assert(
      fc.property(anySubscription, fc.integer({ min: 0, max: 1e11 }), (subscription, laterMs) => {
        const nowMs = subscription.anchorMs + laterMs;
        const { dueAtMs = 0 } = nextDue(subscription, nowMs);
        const everyMs = subscription.everyMs ?? 1;
        expect(dueAtMs).toBeGreaterThan(nowMs);
        expect(dueAtMs - nowMs).toBeLessThanOrEqual(everyMs);
        expect((dueAtMs - subscription.anchorMs) % everyMs).toBe(0);
      }),
    );
  });

  it('after failures is later each time, and never more than a day or a period away', () => {
    fc.assert(
      fc.property(anySubscription, (subscription) => {
        const nowMs = subscription.anchorMs + 1;
        const once = backedOff(subscription, nowMs);
        const twice = backedOff(once, nowMs);
        expect(twice.dueAtMs).toBeGreaterThanOrEqual(once.dueAtMs ?? 0);
        const most = Math.max(24 * 60 * minute, subscription.everyMs ?? 0);
        expect((twice.dueAtMs ?? 0) - nowMs).toBeLessThanOrEqual(most);
      }),
    );
  });
});

/** What a list that is current is known by. */
const listed: SnapshotRef = {
  slot: 'A',
  digest: 'd',
  partDigests: ['p'],
  counts: { friends: 1, chatrooms: 0, ghs: 0 },
  asOfMs: t0,
  receivedAtMs: t0,
  changedAtMs: t0,
};
const timeOf = (record: DeviceRecord | undefined) => record?.offlineSinceMs ?? record?.backAtMs ?? 0;

describe('a device that goes offline', () => {
  const at = (atMs: number, nowMs = atMs) => ({ atMs, nowMs });
  const { next: subscribed } = subscribe(empty, { everyMs: 10 * minute, onCallbacks: true }, 'aaaaaaaa', t0);

  it('is left alone for longer, is not refreshed for a change, and is back when it is heard of', () => {
    const wanting = subscribed && {
      ...subscribed,
      rerun: { notBeforeMs: t0, sentAtMs: t0, trigger: 'callback' as const },
    };
    const { next: offline } = wentOffline(wanting, at(t0 + minute));
    expect(offline).toMatchObject({ offlineSinceMs: t0 + minute, subscription: { failures: 1 } });
    expect(offline).not.toHaveProperty('rerun');
    expect(wentOffline(offline, at(t0 + 2 * minute)).next).toBeUndefined();
    const { next: back } = cameBack(offline, at(t0 + 3 * minute));
    expect(back).toMatchObject({ subscription: { failures: 0, dueAtMs: t0 + 10 * minute } });
    expect(back).not.toHaveProperty('offlineSinceMs');
    expect(cameBack(back, at(t0)).next).toBeUndefined();
  });

  it('is brought back by what is later than its going, and by nothing that is as old', () => {
    const { next: offline } = wentOffline(subscribed, at(t0 + minute, t0 + 2 * minute));
    expect(offline).toMatchObject({ offlineSinceMs: t0 + minute });
    for (const atMs of [t0, t0 + minute]) {
      expect(cameBack(offline, at(atMs, t0 + 3 * minute))).toEqual({ outcome: false });
    }
    expect(cameBack(offline, at(t0 + minute + 1, t0 + 3 * minute))).toMatchObject({
      next: { backAtMs: t0 + minute + 1 },
      outcome: true,
    });
  });

  it('is not offline by a word that is older than what it was heard of since, or than its list', () => {
    const { next: back } = cameBack(wentOffline(subscribed, at(t0)).next, at(t0 + minute));
    expect(wentOffline(back, at(t0, t0 + 2 * minute))).toEqual({ outcome: false });
    expect(wentOffline(back, at(t0 + minute, t0 + 2 * minute))).toEqual({ outcome: false });
    const { next: again } = wentOffline(back, at(t0 + minute + 1));
    expect(again).toMatchObject({ offlineSinceMs: t0 + minute + 1 });
    expect(again).not.toHaveProperty('backAtMs');
    const snapshot = { ...listed, asOfMs: t0 + minute };
    const fetched = subscribed && { ...subscribed, snapshot };
    expect(wentOffline(fetched, at(t0 + minute)).next).toBeUndefined();
    expect(wentOffline(fetched, at(t0 + minute + 1)).next).toBeDefined();
  });

  it('is as the latest word says when that is heard, in whatever order and however often the others came', () => {
    const word = fc.record({ offline: fc.boolean(), atMs: fc.nat({ max: 50 }).map((nth) => t0 + nth) });
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, selector: ({ atMs }) => atMs }).chain((words) =>
          fc.record({
            words: fc.constant(words),
            heard: fc.shuffledSubarray([...words, ...words], { minLength: words.length * 2 }),
          }),
        ),
        ({ words, heard }) => {
          let record = wentOffline(subscribed, at(t0 - 1)).next;
          for (const { offline, atMs } of heard) {
            const nowMs = t0 + minute;
            const before = record;
            record = (offline ? wentOffline : cameBack)(record, { atMs, nowMs }).next ?? record;
            // What is known of it never grows older: so no word undoes a later one that was acted upon.
            expect(timeOf(record)).toBeGreaterThanOrEqual(timeOf(before));
          }
          const latest = words.toSorted((one, other) => one.atMs - other.atMs).at(-1);
          const said = { atMs: latest?.atMs ?? 0, nowMs: t0 + minute };
          record = (latest?.offline ? wentOffline : cameBack)(record, said).next ?? record;
          expect(record?.offlineSinceMs !== undefined).toBe(latest?.offline);
        },
      ),
    );
  });

  it('is nothing to a device without a subscription', () => {
    expect(wentOffline(empty, at(t0)).next).toBeUndefined();
    expect(wentOffline(undefined, at(t0)).next).toBeUndefined();
  });
});

it('an id names its device and its subscription', () => {
  const deviceKey = 'k'.repeat(43);
  expect(subscriptionNamed(subscriptionIdOf(deviceKey, 'aaaaaaaa'))).toEqual({
    deviceKey,
    suffix: 'aaaaaaaa',
  });
});
