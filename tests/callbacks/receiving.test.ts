import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBodyStore } from '../../lib/aws/s3/body-store.ts';
import { receiveCallback } from '../../lib/callbacks/receive.ts';
import { QueueUnavailable, StoreUnavailable, Unsealable } from '../../lib/device/ports.ts';
import { type LocalSqs, startSqs } from '../../mocks/local-stack/sqs.ts';
import { localLocation, useLocalTable } from '../support/local-table.ts';
import { useServers } from '../support/use-servers.ts';
import { createWorld, sampleOf, type World } from './world.ts';

const local = useLocalTable();
const target = 'https://bot.example.com/wechat';

const servers = useServers();
/** It does not pack. */
const largest = randomBytes(5 * 1024 * 1024);

let s3: LocalSqs;
beforeAll(async () => {
  s3 = await startSqs({ queues: [], buckets: ['bodies'] });
});
afterAll(() => s3.close());

let worlds = 0;
let world: World;
beforeEach(async () => {
  const bodyStore = createBodyStore({ name: 'bodies', location: localLocation(s3.url) });
  world = await createWorld(local.open(), `token-receiving-${++worlds}`, bodyStore);
});

/** The bytes of a message to be forwarded. */
async function bodyFor(forwarded: World['forwarded'][number] | undefined): Promise<Buffer> {
  if (forwarded === undefined) throw new Error('nothing was forwarded');
  const { callbackKey, deliveryId, body } = forwarded;
  const sealed = 'sealed' in body ? body.sealed : await world.ports.bodyStore.get(deliveryId);
  return Buffer.from(await world.ports.bodies.open(sealed ?? '', { callbackKey, deliveryId }));
}

describe('a callback', () => {
  it('is kept, whatever it says, and never in the clear', async () => {
    const id = await world.upsertCallback();
    world.receiveOnly = true;
    expect(await world.post(id, Buffer.from('canary 7f3a'))).toBe(true);
    expect(world.queued).toMatchObject([{ message: { kind: 'callback', receivedAtMs: world.now() } }]);
    expect(JSON.stringify(world.queued)).not.toContain('canary');
    expect(JSON.stringify(world.queued)).not.toContain(id.slice(22));
  });

  it('to an id that is nobody’s leads to nothing', async () => {
    const id = await world.upsertCallback();
    const other = `${id.slice(0, 53)}${id.endsWith('A') ? 'B' : 'A'}`;
    for (const wrong of ['', 'x', id.slice(1), `${id}A`, other, `A${id.slice(1)}`, '__proto__']) {
      expect(await world.post(wrong, sampleOf('room-text'))).toBe(false);
    }
    expect(world.queued).toEqual([]);
    expect(world.served).toEqual([]);
  });

  it('that could not be kept for both who read it is not said to be', async () => {
    const id = await world.upsertCallback(target);
    const full = { send: () => Promise.reject(new QueueUnavailable('no')) };
    const incoming = { id, body: Buffer.from('{}'), contentType: '', wasForwarded: false };
    for (const ports of [{ queue: full }, { forwardQueue: full }]) {
      const receiving = receiveCallback(incoming, { ...world.receivePorts, ...ports });
      await expect(receiving).rejects.toThrow(QueueUnavailable);
    }
  });

  it('is noted in its record once in ten seconds', async () => {
    const id = await world.upsertCallback();
    const last = async () => (await world.callbackPorts.callbacks.load(id.slice(0, 22)))?.lastReceivedAtMs;
    expect(await last()).toBeUndefined();
    const times: (number | undefined)[] = [];
    for (const ms of [0, 9_999, 1, 20_000]) {
      await world.run(ms);
      await world.post(id, sampleOf('probe'));
      times.push(await last());
    }
    expect(times.map((atMs) => (atMs ?? 0) - world.beganAtMs)).toEqual([0, 0, 10_000, 30_000]);
  });

  it('whose body cannot be opened fails its message', async () => {
    const id = await world.upsertCallback();
    world.receiveOnly = true;
    await world.post(id, sampleOf('room-text'));
    for (const queued of world.queued) {
      if (queued.message.kind === 'callback') queued.message = { ...queued.message, deliveryId: 'other' };
    }
    await expect(world.run(0)).rejects.toThrow(Unsealable);
  });
});

describe('forwarding', () => {
  it('gets every callback, byte for byte, of devices that are subscribed and of those that are not', async () => {
    const id = await world.upsertCallback(target);
    await world.subscribe();
    const bodies = ['room-text', 'friend-deleted', 'offline', 'probe', 'v2-logout'].map(sampleOf);
    bodies.push(Buffer.from(''), Buffer.from('{ nonsense'), Buffer.from([0xff, 0x00, 0xfe]));
    for (const body of bodies) await world.post(id, body, { contentType: 'text/x; charset=gbk' });
    expect(world.forwarded).toHaveLength(bodies.length);
    for (const [index, message] of world.forwarded.entries()) {
      expect((await bodyFor(message)).equals(bodies[index] ?? Buffer.alloc(1))).toBe(true);
      expect(message).toMatchObject({ contentType: 'text/x; charset=gbk', receivedAtMs: world.now() });
    }
  });

  it('gets nothing when there is no target, or when the callback was forwarded to here', async () => {
    const id = await world.upsertCallback();
    await world.post(id, sampleOf('room-text'));
    await world.upsertCallback(target);
    await world.post(id, sampleOf('room-text'), { wasForwarded: true });
    expect(world.forwarded).toEqual([]);
    await world.post(id, sampleOf('room-text'));
    expect(world.forwarded).toHaveLength(1);
  });

  it('does not depend on what processing can do', async () => {
    const id = await world.upsertCallback(target);
    await world.subscribe();
    world.ports.records = { ...world.ports.records, load: () => Promise.reject(new Error('no record')) };
    await expect(world.post(id, sampleOf('room-text'))).rejects.toThrow('no record');
    expect(world.forwarded).toHaveLength(1);
  });
});

describe('a body', () => {
  /** Takes bodies for what is sealed already: so much text. */
  async function keptOf(sealedLength: number, contentType = '') {
    const sealer = { seal: async () => 'x'.repeat(sealedLength) };
    const stored: string[] = [];
    const bodyStore = { put: async (deliveryId: string) => void stored.push(deliveryId) };
    const id = await world.upsertCallback(target);
    const incoming = { id, body: Buffer.from('{}'), contentType, wasForwarded: false };
    expect(await receiveCallback(incoming, { ...world.receivePorts, sealer, bodyStore })).toBe(true);
    return {
      stored,
      messages: [world.queued[0]?.message, world.forwarded[0]].map((one) => JSON.stringify(one)),
    };
  }

  it('goes into its messages as long as SQS takes them, whatever its content type is', async () => {
    // API Gateway takes no more headers; every quote is escaped.
    const { stored, messages } = await keptOf(900 * 1024, '"'.repeat(10_240));
    expect(stored).toEqual([]);
    for (const message of messages) {
      expect(Buffer.byteLength(message)).toBeGreaterThan(900 * 1024);
      expect(Buffer.byteLength(message)).toBeLessThan(1024 * 1024);
    }
  });

  it('of one character more is stored', async () => {
    const { stored, messages } = await keptOf(900 * 1024 + 1);
    expect(stored).toHaveLength(1);
    for (const message of messages)
      expect(JSON.parse(message)).toMatchObject({ deliveryId: stored[0], body: { stored: true } });
  });

  it('that could not be stored is not said to be kept, and no message names it', async () => {
    const id = await world.upsertCallback(target);
    const bodyStore = { put: () => Promise.reject(new StoreUnavailable('no')) };
    const incoming = { id, body: largest, contentType: '', wasForwarded: false };
    const receiving = receiveCallback(incoming, { ...world.receivePorts, bodyStore });
    await expect(receiving).rejects.toThrow(StoreUnavailable);
    expect([...world.queued, ...world.forwarded]).toEqual([]);
  });
});

describe('a body too large for a message', () => {
  const padding = randomBytes(2_000_000).toString('base64');
  const large = Buffer.from(JSON.stringify({ ...JSON.parse(sampleOf('room-text').toString()), padding }));

  it('is stored, and its messages name it', async () => {
    const id = await world.upsertCallback(target);
    await world.post(id, large);
    const [message] = world.forwarded;
    expect(message?.body).toEqual({ stored: true });
    const stored = await world.ports.bodyStore.get(message?.deliveryId ?? '');
    expect(stored).toMatch(/^[\w-]+(?:\.[\w-]*){4}$/);
    expect((await bodyFor(message)).equals(large)).toBe(true);
  });

  it('is read by who processes it and by who forwards it, in any order and as often as SQS gives it', async () => {
    const id = await world.upsertCallback(target);
    await world.subscribe();
    world.receiveOnly = true;
    await world.post(id, large);
    const again = world.queued.map(({ message }) => message);
    await world.run(0);
    expect((await bodyFor(world.forwarded[0])).equals(large)).toBe(true);
    world.queued.push(...again.map((message) => ({ message, visibleAtMs: world.now() })));
    await world.run(0);
    expect(world.served.map(({ what }) => what)).toEqual(['room', 'learned', 'none']);
    expect(await world.roomOf('20000000001@chatroom')).toBeDefined();
  });

  it('that has expired is not waited for', async () => {
    const id = await world.upsertCallback();
    world.ports.bodyStore = { get: async () => undefined };
    await world.post(id, large);
    expect(world.served).toEqual([{ kind: 'ack', what: 'body-gone' }]);
  });

  it('is as large as GeWe’s bodies get', async () => {
    const id = await world.upsertCallback(target);
    await world.post(id, largest);
    expect((await bodyFor(world.forwarded[0])).equals(largest)).toBe(true);
  });

  it('costs one request to S3 and a read of the table, which is not written to, until it is read', async () => {
    const { url, received } = await servers.scriptedServer();
    const operations: string[] = [];
    const table = local.open(async ({ operation, send }) => {
      operations.push(operation);
      await send();
    });
    const bodyStore = createBodyStore({ name: 'bodies', location: localLocation(url) });
    const counted = await createWorld(table, `token-receiving-${++worlds}`, bodyStore);
    const id = await counted.upsertCallback(target);
    operations.length = 0;
    counted.receiveOnly = true;
    await counted.post(id, largest);
    expect(operations).toEqual(['GetItem']);
    const [{ message } = { message: undefined }] = counted.queued;
    const { deliveryId } = Object(message);
    expect(received.map(({ method, url: target }) => `${method} ${target}`)).toEqual([
      `PUT /bodies/${deliveryId}`,
    ]);
    // S3 takes $0.023 a GB and month, for 17 days at most, and $0.005 for a thousand puts (us-east-1).
    const bytes = received[0]?.body.byteLength ?? Number.POSITIVE_INFINITY;
    expect((bytes / 1024 ** 3) * 0.023 * (17 / 30) + 0.005 / 1_000).toBeLessThan(0.0001);
    const messages = [...counted.queued.map((queued) => queued.message), ...counted.forwarded];
    // SQS charges for each 64 KiB that were begun.
    for (const queued of messages) expect(JSON.stringify(queued).length).toBeLessThan(64 * 1024);
    expect(messages).toHaveLength(2);
  });
});
