import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { QueueUnavailable, StoreUnavailable, Unsealable } from '../device/ports.ts';
import { parseCallback } from '../gewe/callback-wire.ts';
import { type CallbackEvent, headerIdOf } from './event.ts';
import { createPausedTargets, type ForwardPorts, forwardCallback } from './forward.ts';
import { giveUpAfterMs } from './forward-rules.ts';
import type { CallbackRecord, DeliveryOutcome, ForwardMessage, WebhookRequest } from './ports.ts';

const receivedAtMs = 1_795_000_000_000;
const bytes = Uint8Array.of(0x7b, 0xff, 0x00);
const event: CallbackEvent = { kind: 'other', appId: 'wx_demo', messageId: '7268255507978211143' };
const message: ForwardMessage = {
  kind: 'forward',
  callbackKey: 'key',
  deliveryId: 'delivery',
  receivedAtMs,
  contentType: 'application/json',
  body: { sealed: 'sealed' },
};
const stored: ForwardMessage = { ...message, body: { stored: true } };

let nowMs: number;
let outcome: DeliveryOutcome;
let takesMs: number;
let deliveries: WebhookRequest[];
let told: string[];
let hiddenS: number[];

beforeEach(() => {
  nowMs = receivedAtMs + 2_000;
  outcome = { kind: 'delivered', status: 200 };
  takesMs = 0;
  deliveries = [];
  told = [];
  hiddenS = [];
});

const silent: CallbackRecord = {
  rev: 1,
  tokenKey: new Uint8Array(32),
  salt: new Uint8Array(16),
  idHash: new Uint8Array(32),
  registered: true,
  createdAtMs: receivedAtMs,
  ownHosts: ['gateway.example.com'],
};

function portsWith(changes: Partial<ForwardPorts> = {}): ForwardPorts {
  return {
    callbacks: {
      load: async () => ({ ...silent, forwardTo: 'https://bot.example.com/' }),
    },
    bodyStore: { get: async (deliveryId) => `stored as ${deliveryId}` },
    opener: {
      async open(sealed, binding) {
        told.push(`opened ${sealed} ${binding.callbackKey} ${binding.deliveryId}`);
        return bytes;
      },
    },
    parse: () => event,
    webhook: {
      async deliver(delivery) {
        deliveries.push(delivery);
        nowMs += takesMs;
        return outcome;
      },
    },
    deadLetters: { send: async ({ deliveryId }) => void told.push(`laid to rest ${deliveryId}`) },
    paused: createPausedTargets(),
    clock: { now: () => nowMs, sleep: async () => undefined },
    ownHosts: ['own.example.com'],
    random: () => 0.5,
    telemetry: { forwardAttempted: (what) => void told.push(`counted ${what}`) },
    ...changes,
  };
}

const handle = { extendVisibility: async (seconds: number) => void hiddenS.push(seconds) };
const deliver = (of: ForwardMessage, ports: ForwardPorts) =>
  forwardCallback(of, handle, ports, new AbortController().signal);

describe('a callback', () => {
  it('is delivered with what was received, to what its record says', async () => {
    expect(await deliver(message, portsWith())).toEqual({ kind: 'ack', what: 'delivered' });
    expect(deliveries).toEqual([
      {
        target: 'https://bot.example.com/',
        ownHosts: ['gateway.example.com', 'own.example.com'],
        headerId: headerIdOf(event, 'key', 'delivery'),
        receivedAtMs,
        contentType: 'application/json',
        body: bytes,
      },
    ]);
    expect(told).toEqual(['opened sealed key delivery', 'counted delivered']);
  });

  it('is named as GeWe’s own repeats of it are; what has no id of its own, by its delivery', async () => {
    const sampleOf = (name: string) =>
      readFileSync(join(import.meta.dirname, `../../mocks/gewe/callbacks/${name}.json`));
    for (const name of ['room-text', 'room-text', 'friend-deleted', 'friend-deleted', 'room-own-text']) {
      const opener = { open: async () => sampleOf(name) };
      const deliveryId = `delivery ${deliveries.length}`;
      await deliver({ ...message, deliveryId }, portsWith({ opener, parse: parseCallback }));
    }
    const [first, again, ...others] = deliveries.map(({ headerId }) => headerId);
    expect(first).toMatch(/^[\w-]{22}$/);
    expect(again).toBe(first);
    expect(others.slice(0, 2)).toEqual(['delivery 2', 'delivery 3']);
    expect(others[2]).not.toBe(first);
  });

  it('whose body is stored is delivered with it', async () => {
    await deliver(stored, portsWith());
    expect(told).toEqual(['opened stored as delivery key delivery', 'counted delivered']);
  });

  it.each([
    ['that is gone', undefined],
    ['that goes nowhere', silent],
  ])('of a record %s is dropped', async (_what, record) => {
    const ports = portsWith({ callbacks: { load: async () => record } });
    expect(await deliver(stored, ports)).toEqual({ kind: 'ack', what: 'dropped' });
    expect(await deliver(message, ports)).toEqual({ kind: 'ack', what: 'dropped' });
    expect(told).toEqual([]);
    expect(deliveries).toEqual([]);
  });
});

describe('a callback that fails', () => {
  it.each<[DeliveryOutcome, string]>([
    [{ kind: 'failed', status: 503 }, 'failed-503'],
    [{ kind: 'failed', lost: 'timeout' }, 'failed-timeout'],
    [{ kind: 'failed', lost: 'connection' }, 'failed-connection'],
    [{ kind: 'blocked', why: 'must be public' }, 'blocked'],
  ])('with %j comes again later, with its body', async (failure, what) => {
    outcome = failure;
    nowMs = receivedAtMs + 600_000;
    expect(await deliver(stored, portsWith())).toEqual({ kind: 'retryLater', what });
    expect(hiddenS).toEqual([300]);
    expect(told).toEqual(['opened stored as delivery key delivery', `counted ${failure.kind}`]);
  });

  it('is laid to rest when it is older than a day, after one more attempt, with its body', async () => {
    outcome = { kind: 'failed', status: 503 };
    nowMs = receivedAtMs + giveUpAfterMs + 1;
    expect(await deliver(stored, portsWith())).toEqual({ kind: 'ack', what: 'given-up' });
    expect(deliveries).toHaveLength(1);
    expect(hiddenS).toEqual([]);
    expect(told.slice(1)).toEqual(['laid to rest delivery', 'counted given-up']);
  });

  it('is delivered, however old, when it was put back by hand', async () => {
    nowMs = receivedAtMs + 10 * giveUpAfterMs;
    expect(await deliver(message, portsWith())).toEqual({ kind: 'ack', what: 'delivered' });
  });

  it('that cannot be opened any more goes to the dead-letter queue: its body has expired, or the key it was sealed for is gone', async () => {
    const gone = { get: async () => undefined };
    const unsealable = async () => {
      throw new Unsealable('the key is gone');
    };
    const expected = { kind: 'ack', what: 'given-up' };
    expect(await deliver(stored, portsWith({ bodyStore: gone }))).toEqual(expected);
    expect(await deliver(message, portsWith({ opener: { open: unsealable } }))).toEqual(expected);
    expect(told).toEqual(Array(2).fill(['laid to rest delivery', 'counted given-up']).flat());
    expect(deliveries).toEqual([]);
  });

  it('to be laid to rest is not forgotten when that fails', async () => {
    const deadLetters = {
      send: async () => {
        throw new QueueUnavailable('no answer');
      },
    };
    outcome = { kind: 'failed', status: 503 };
    nowMs = receivedAtMs + giveUpAfterMs + 1;
    await expect(deliver(message, portsWith({ deadLetters }))).rejects.toThrow(QueueUnavailable);
    expect(told).not.toContain('counted given-up');
  });

  it.each(['callbacks', 'bodyStore', 'opener'] as const)(
    'for the reason that %s cannot be asked comes again',
    async (port) => {
      const unavailable = async () => {
        throw new StoreUnavailable('no answer');
      };
      const changes = {
        callbacks: { callbacks: { load: unavailable } },
        bodyStore: { bodyStore: { get: unavailable } },
        opener: { opener: { open: unavailable } },
      }[port];
      await expect(deliver(stored, portsWith(changes))).rejects.toThrow(StoreUnavailable);
      expect(deliveries).toEqual([]);
    },
  );
});

describe('a target that did not answer', () => {
  const lost: DeliveryOutcome = { kind: 'failed', lost: 'timeout' };

  it('is left alone for three times as long as that took, and its callbacks are hidden meanwhile', async () => {
    const ports = portsWith();
    outcome = lost;
    takesMs = 30_000;
    await deliver(message, ports);
    expect(await deliver({ ...message, deliveryId: 'other' }, ports)).toEqual({
      kind: 'retryLater',
      what: 'paused',
    });
    expect(deliveries).toHaveLength(1);
    expect(hiddenS).toEqual([90, 90]);
    nowMs += 90_000;
    await deliver({ ...message, deliveryId: 'other' }, ports);
    expect(deliveries).toHaveLength(2);
  });

  it('is left alone for ten seconds when that was quick', async () => {
    const ports = portsWith();
    outcome = lost;
    await deliver(message, ports);
    nowMs += 9_999;
    await deliver(message, ports);
    expect(deliveries).toHaveLength(1);
    nowMs += 1;
    await deliver(message, ports);
    expect(deliveries).toHaveLength(2);
  });

  it('holds up no other', async () => {
    const ports = portsWith();
    outcome = lost;
    await deliver(message, ports);
    outcome = { kind: 'delivered', status: 200 };
    expect(await deliver({ ...message, callbackKey: 'another' }, ports)).toMatchObject({ what: 'delivered' });
  });

  it('is tried by an old callback no more: that is laid to rest', async () => {
    const ports = portsWith();
    outcome = lost;
    await deliver(message, ports);
    const old = { ...message, deliveryId: 'old', receivedAtMs: nowMs - giveUpAfterMs - 1 };
    expect(await deliver(old, ports)).toEqual({ kind: 'ack', what: 'given-up' });
    expect(deliveries).toHaveLength(1);
  });

  it('is asked again at once when it only refuses or fails', async () => {
    const ports = portsWith();
    const outcomes: DeliveryOutcome[] = [
      { kind: 'failed', status: 500 },
      { kind: 'blocked', why: 'must be public' },
    ];
    for (const answer of outcomes) {
      outcome = answer;
      await deliver(message, ports);
    }
    expect(deliveries).toHaveLength(2);
  });
});

describe('the memory of targets that rest', () => {
  it('is bounded: what was put to rest first is forgotten first', () => {
    const paused = createPausedTargets();
    for (let count = 0; count <= 1_000; count += 1) paused.set(`key ${count}`, nowMs + 10_000);
    expect(paused.get('key 0')).toBeUndefined();
    expect(paused.get('key 1')).toBe(nowMs + 10_000);
  });
});
