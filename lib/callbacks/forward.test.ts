import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { QueueUnavailable, StoreUnavailable, Unsealable } from '../device/ports.ts';
import { parseCallback } from '../gewe/callback-wire.ts';
import { type CallbackEvent, headerIdOf } from './event.ts';
import { type ForwardPorts, forwardCallback } from './forward.ts';
import { giveUpAfterMs } from './forward-rules.ts';
import type {
  CallbackRecord,
  DeliveryOutcome,
  ForwardMessage,
  WebhookClient,
  WebhookRequest,
} from './ports.ts';
import { createTargets } from './targets.ts';

const receivedAtMs = 1_795_000_000_000;
const bytes = Uint8Array.of(0x7b, 0xff, 0x00);
const event: CallbackEvent = { kind: 'other', appId: 'wx_demo', messageId: '7268255507978211143' };
const message: ForwardMessage = {
  kind: 'forward',
  callbackKey: 'key',
  deliveryId: 'delivery',
  receivedAtMs,
  contentType: 'application/json',
  bytes: 3,
  body: { sealed: 'sealed' },
};
const stored: ForwardMessage = { ...message, body: { stored: true } };

let nowMs: number;
let outcome: DeliveryOutcome;
let takesMs: number;
let deliveries: WebhookRequest[];
let told: string[];
let sent: { readonly message: ForwardMessage; readonly delayS: number }[];

beforeEach(() => {
  nowMs = receivedAtMs + 2_000;
  outcome = { kind: 'delivered', status: 200 };
  takesMs = 0;
  deliveries = [];
  told = [];
  sent = [];
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
    queue: { send: async (message, delayS) => void sent.push({ message, delayS }) },
    deadLetters: { send: async (message) => void told.push(`laid to rest ${JSON.stringify(message)}`) },
    targets: createTargets(40),
    waiting: {
      began: async (_callbackKey, sinceMs) => void told.push(`one more since ${sinceMs - receivedAtMs}`),
      ended: async (_callbackKey, sinceMs) => void told.push(`one less since ${sinceMs - receivedAtMs}`),
      isCrowdedOut: async () => false,
    },
    clock: { now: () => nowMs, sleep: async () => undefined },
    ownHosts: ['own.example.com'],
    random: () => 0.5,
    telemetry: { forwardAttempted: (what) => void told.push(`counted ${what}`) },
    ...changes,
  };
}

const run = { budgetMs: 100_000, signal: new AbortController().signal };
const deliver = (of: ForwardMessage, ports: ForwardPorts) => forwardCallback(of, ports, run);

/** Sent again: as it was received, but for what is said of its waiting. */
const again = (of: ForwardMessage, waits: Partial<ForwardMessage>, delayS: number) => ({
  message: { ...of, ...waits },
  delayS,
});

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
  ])('with %j is counted as waiting, and sent again with a delay', async (failure, what) => {
    outcome = failure;
    nowMs = receivedAtMs + 600_000;
    expect(await deliver(stored, portsWith())).toEqual({ kind: 'ack', what });
    const waits = { attempt: 2, waitsSinceMs: nowMs, dueAtMs: nowMs + 300_000 };
    expect(sent).toEqual([again(stored, waits, 300)]);
    expect(told).toEqual([
      'opened stored as delivery key delivery',
      `counted ${failure.kind}`,
      'one more since 600000',
    ]);
  });

  it('is counted once, however often it is tried, and no more when it is delivered', async () => {
    const ports = portsWith();
    outcome = { kind: 'failed', status: 503 };
    await deliver(message, ports);
    nowMs += 5_000;
    await deliver(sent[0]?.message ?? message, ports);
    expect(sent[1]?.message).toMatchObject({ attempt: 3, waitsSinceMs: receivedAtMs + 2_000 });
    nowMs += 11_000;
    outcome = { kind: 'delivered', status: 200 };
    expect(await deliver(sent[1]?.message ?? message, ports)).toEqual({ kind: 'ack', what: 'delivered' });
    expect(told.filter((line) => line.startsWith('one '))).toEqual([
      'one more since 2000',
      'one less since 2000',
    ]);
  });

  it('is received again if it could not be sent again: nothing is lost', async () => {
    const queue = { send: () => Promise.reject(new QueueUnavailable('no answer')) };
    outcome = { kind: 'failed', status: 503 };
    await expect(deliver(message, portsWith({ queue }))).rejects.toThrow(QueueUnavailable);
  });

  it('and waits for longer than SQS can delay comes back in between, without an attempt', async () => {
    outcome = { kind: 'failed', status: 503 };
    nowMs = receivedAtMs + 3 * 3_600_000;
    const ports = portsWith();
    await deliver(message, ports);
    const dueAtMs = nowMs + 3_600_000;
    const next = () => sent.at(-1)?.message ?? message;
    for (let round = 0; round < 3; round += 1) {
      nowMs += 900_000;
      expect(await deliver(next(), ports)).toEqual({ kind: 'ack', what: 'waits' });
    }
    nowMs += 899_500;
    expect(await deliver(next(), ports)).toEqual({ kind: 'ack', what: 'waits' });
    expect(sent.map(({ delayS }) => delayS)).toEqual([900, 900, 900, 900, 1]);
    for (const one of sent) expect(one.message).toMatchObject({ attempt: 2, dueAtMs });
    expect(deliveries).toHaveLength(1);
  });

  it('is laid to rest when it is older than a day, after one more attempt, as it was received', async () => {
    outcome = { kind: 'failed', status: 503 };
    nowMs = receivedAtMs + giveUpAfterMs + 1;
    const waits = { attempt: 40, waitsSinceMs: receivedAtMs, dueAtMs: nowMs };
    expect(await deliver({ ...message, ...waits }, portsWith())).toEqual({ kind: 'ack', what: 'given-up' });
    expect(deliveries).toHaveLength(1);
    expect(sent).toEqual([]);
    expect(told.slice(1)).toEqual([
      `laid to rest ${JSON.stringify(message)}`,
      'counted given-up',
      'one less since 0',
    ]);
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
    expect(told.filter((line) => line === 'counted given-up')).toHaveLength(2);
    expect(told.filter((line) => line.startsWith('laid to rest'))).toHaveLength(2);
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
    'for the reason that %s cannot be asked is received again, and holds no place meanwhile',
    async (port) => {
      const unavailable = async () => {
        throw new StoreUnavailable('no answer');
      };
      const changes = {
        callbacks: { callbacks: { load: unavailable } },
        bodyStore: { bodyStore: { get: unavailable } },
        opener: { opener: { open: unavailable } },
      }[port];
      const ports = { ...portsWith(changes), targets: createTargets(5) };
      await expect(deliver(stored, ports)).rejects.toThrow(StoreUnavailable);
      await expect(deliver(stored, ports)).rejects.toThrow(StoreUnavailable);
      expect(deliveries).toEqual([]);
    },
  );

  it('because the time of the function was up says nothing about its target', async () => {
    const ended = new AbortController();
    const webhook: WebhookClient = {
      async deliver() {
        ended.abort();
        return { kind: 'failed', lost: 'timeout' };
      },
    };
    const ports = portsWith({ webhook });
    const result = await forwardCallback(message, ports, { budgetMs: 100_000, signal: ended.signal });
    expect(result).toEqual({ kind: 'ack', what: 'interrupted' });
    expect(sent).toMatchObject([{ delayS: 1 }]);
    expect(sent[0]?.message).not.toHaveProperty('attempt');
    expect(await deliver(message, { ...portsWith(), targets: ports.targets })).toMatchObject({
      what: 'delivered',
    });
  });
});

describe('a callback that is not tried', () => {
  const lost: DeliveryOutcome = { kind: 'failed', lost: 'timeout' };
  const other = { ...message, deliveryId: 'other' };

  it('because its target is paused comes back after the pause, in its turn', async () => {
    const ports = portsWith();
    outcome = lost;
    takesMs = 30_000;
    await deliver(message, ports);
    for (let count = 0; count < 100; count += 1) {
      expect(await deliver(other, ports)).toEqual({ kind: 'ack', what: 'paused' });
    }
    expect(deliveries).toHaveLength(1);
    // 50 in a second.
    const delaysS = sent.map(({ delayS }) => delayS);
    expect([delaysS[1], delaysS[49], delaysS[99], delaysS[100]]).toEqual([91, 91, 92, 93]);
  });

  it('while the first delivery after a pause is under way comes back soon', async () => {
    const underWay = Promise.withResolvers<DeliveryOutcome>();
    const ports = portsWith();
    outcome = lost;
    await deliver(message, ports);
    nowMs += 10_000;
    const first = deliver(message, { ...ports, webhook: { deliver: () => underWay.promise } });
    expect(await deliver(other, ports)).toEqual({ kind: 'ack', what: 'on-trial' });
    expect(sent.at(-1)?.delayS).toBe(5);
    underWay.resolve({ kind: 'delivered', status: 200 });
    await first;
    outcome = { kind: 'delivered', status: 200 };
    expect(await deliver(other, ports)).toEqual({ kind: 'ack', what: 'delivered' });
  });

  it('because its token has its share of the deliveries comes back in its turn', async () => {
    const underWay = Promise.withResolvers<DeliveryOutcome>();
    const ports = {
      ...portsWith({ webhook: { deliver: () => underWay.promise } }),
      targets: createTargets(10),
    };
    ports.targets.note('key', { kind: 'delivered', status: 200 }, 1, nowMs);
    const open = [deliver(message, ports), deliver(message, ports)];
    expect(await deliver(other, ports)).toEqual({ kind: 'ack', what: 'busy' });
    expect(sent).toEqual([again(other, { waitsSinceMs: nowMs, dueAtMs: nowMs + 20 }, 1)]);
    expect(await deliver({ ...message, callbackKey: 'another' }, portsWith())).toMatchObject({
      what: 'delivered',
    });
    underWay.resolve({ kind: 'delivered', status: 200 });
    await Promise.all(open);
    expect(await deliver(other, ports)).toMatchObject({ what: 'delivered' });
  });

  it('because its target needs more time than the run has left is left to the next', async () => {
    const ports = portsWith();
    takesMs = 4_000;
    await deliver(message, ports);
    const late = { ...run, budgetMs: 7_000 };
    expect(await forwardCallback(other, ports, late)).toEqual({ kind: 'ack', what: 'late' });
    expect(await deliver(other, ports)).toMatchObject({ what: 'delivered' });
  });

  it('for a day is laid to rest', async () => {
    const ports = portsWith();
    outcome = lost;
    await deliver(message, ports);
    const old = { ...other, receivedAtMs: nowMs - giveUpAfterMs - 1 };
    expect(await deliver(old, ports)).toMatchObject({ what: 'paused' });
    const waits = { waitsSinceMs: nowMs - giveUpAfterMs - 1 };
    expect(await deliver({ ...old, ...waits }, ports)).toEqual({ kind: 'ack', what: 'given-up' });
    expect(deliveries).toHaveLength(1);
  });
});

describe('a callback that has to make room', () => {
  const crowded = { ...portsWith().waiting, isCrowdedOut: async () => true };
  const waits = { attempt: 3, waitsSinceMs: receivedAtMs, dueAtMs: receivedAtMs + 2_000 };

  it('is laid to rest as it was received when it comes back and cannot be delivered', async () => {
    const ports = portsWith({ waiting: crowded });
    outcome = { kind: 'failed', status: 503 };
    const expected = { kind: 'ack', what: 'crowded-out' };
    expect(await deliver({ ...message, ...waits }, ports)).toEqual(expected);
    expect(await deliver({ ...message, ...waits, dueAtMs: nowMs + 1_000 }, ports)).toEqual(expected);
    expect(sent).toEqual([]);
    expect(told.filter((line) => !line.startsWith('opened'))).toEqual([
      'counted failed',
      `laid to rest ${JSON.stringify(message)}`,
      'counted crowded-out',
      'one less since 0',
      `laid to rest ${JSON.stringify(message)}`,
      'counted crowded-out',
      'one less since 0',
    ]);
  });

  it('is tried before, and never the one that came last', async () => {
    const ports = portsWith({ waiting: crowded });
    expect(await deliver({ ...message, ...waits }, ports)).toMatchObject({ what: 'delivered' });
    outcome = { kind: 'failed', status: 503 };
    expect(await deliver(message, ports)).toMatchObject({ what: 'failed-503' });
    expect(sent).toHaveLength(1);
  });
});
