import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceRecord, Subscription } from './record.ts';
import {
  backedOff,
  cameBack,
  nextDue,
  subscribe,
  subscriptionIdOf,
  subscriptionNamed,
  unsubscribe,
  wentOffline,
} from './subscription.ts';

const t0 = 1_750_000_000_000;
const minute = 60_000;
const empty: DeviceRecord = { rev: 7, results: [], superseded: [] };

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
    const wish = { everyMs: 10 * minute, onCallbacks: true };
    const { next: first } = subscribe(empty, wish, 'aaaaaaaa', t0);
    const again = subscribe(first, wish, 'bbbbbbbb', t0 + minute);
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
    const wish = { everyMs: 10 * minute, onCallbacks: true };
    const { outcome } = subscribe(empty, wish, 'aaaaaaaa', t0);
    const stopped = { ...empty, subscription: { ...outcome.subscription, failures: 3, stopped: true } };
    const woken = subscribe(stopped, wish, 'bbbbbbbb', t0 + minute).outcome.subscription;
    expect(woken).toMatchObject({ failures: 0, dueAtMs: t0 + 10 * minute });
    expect(woken).not.toHaveProperty('stopped');
  });

  it('ends with what it asked for', () => {
    const { next } = subscribe(empty, { onCallbacks: true }, 'aaaaaaaa', t0);
    const ended = unsubscribe(
      next && { ...next, wanted: { notBeforeMs: t0, askedAtMs: t0, trigger: 'callback' } },
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

describe('a device that goes offline', () => {
  const { next: subscribed } = subscribe(empty, { everyMs: 10 * minute, onCallbacks: true }, 'aaaaaaaa', t0);

  it('is left alone for longer, is not refreshed for a change, and is back when it is heard of', () => {
    const wanting = subscribed && {
      ...subscribed,
      wanted: { notBeforeMs: t0, askedAtMs: t0, trigger: 'callback' as const },
    };
    const { next: offline } = wentOffline(wanting, t0 + minute);
    expect(offline).toMatchObject({ offlineSinceMs: t0 + minute, subscription: { failures: 1 } });
    expect(offline).not.toHaveProperty('wanted');
    expect(wentOffline(offline, t0 + 2 * minute).next).toBeUndefined();
    const { next: back } = cameBack(offline, t0 + 3 * minute);
    expect(back).toMatchObject({ subscription: { failures: 0, dueAtMs: t0 + 10 * minute } });
    expect(back).not.toHaveProperty('offlineSinceMs');
    expect(cameBack(back, t0).next).toBeUndefined();
  });

  it('is nothing to a device without a subscription', () => {
    expect(wentOffline(empty, t0).next).toBeUndefined();
    expect(wentOffline(undefined, t0).next).toBeUndefined();
  });
});

it('an id names its device and its subscription', () => {
  const deviceKey = 'k'.repeat(43);
  expect(subscriptionNamed(subscriptionIdOf(deviceKey, 'aaaaaaaa'))).toEqual({
    deviceKey,
    suffix: 'aaaaaaaa',
  });
});
