import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBodyStore } from '../../lib/aws/s3/body-store.ts';
import { receiveCallback } from '../../lib/callbacks/receive.ts';
import { QueueUnavailable, Unsealable } from '../../lib/device/ports.ts';
import { type LocalSqs, startSqs } from '../../mocks/local-stack/sqs.ts';
import { localLocation, useLocalTable } from '../support/local-table.ts';
import { createWorld, sampleOf, type World } from './world.ts';

const local = useLocalTable();
const target = 'https://bot.example.com/wechat';

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

describe('a body too large for a message', () => {
  const padding = randomBytes(2_000_000).toString('base64');
  const large = Buffer.from(JSON.stringify({ ...JSON.parse(sampleOf('room-text').toString()), padding }));

  it('is stored, and its messages name it', async () => {
    const id = await world.upsertCallback(target);
    await world.post(id, large);
    const [message] = world.forwarded;
    expect(message?.body).toEqual({ stored: true });
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
    const largest = randomBytes(5 * 1024 * 1024);
    await world.post(id, largest);
    expect((await bodyFor(world.forwarded[0])).equals(largest)).toBe(true);
  });
});
