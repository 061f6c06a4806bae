import { beforeEach, describe, expect, it } from 'vitest';
import type { Contacts } from '../../lib/device/contacts.ts';
import { QueueUnavailable } from '../../lib/device/ports.ts';
import { useLocalTable } from '../support/local-table.ts';
import { createWorld, info, sampleOf, type World } from './world.ts';

const local = useLocalTable();
const room = '20000000001@chatroom';
const saved = '2180313478@chatroom';
const contacts: Contacts = { friends: ['wxid_friend'], chatrooms: [saved], ghs: [] };
const minuteMs = 60_000;

let worlds = 0;
let world: World;
let id: string;
beforeEach(async () => {
  world = await createWorld(local.open(), `token-rooms-${++worlds}`);
  id = await world.upsertCallback();
});

const post = (name: string) => world.post(id, sampleOf(name));
/** A message in a room, or a notice, that was written so long after the world began. */
const told = (roomId: string, afterMs: number, notice?: string) => {
  const Data = {
    FromUserName: { string: roomId },
    MsgType: notice === undefined ? 1 : 10_000,
    Content: { string: notice ?? 'wxid_friend:\n好' },
    CreateTime: (world.beganAtMs + afterMs) / 1000,
  };
  return world.post(id, Buffer.from(JSON.stringify({ TypeName: 'AddMsg', Appid: 'wx_demo', Data })));
};
const removal = '你被"小王"移出群聊';

describe('a room that somebody speaks in', () => {
  beforeEach(() => world.subscribe({ contacts }));

  it.each([
    'room-text',
    'room-own-text',
    'room-image',
    'room-announcement',
    'self-hosted-room-text',
    'v2-room-text',
  ])('is discovered by %s, and GeWe is asked once', async (name) => {
    for (let turn = 0; turn < 3; turn += 1) await post(name);
    expect(world.asked).toEqual([{ roomId: room, atMs: world.beganAtMs }]);
    expect(await world.roomOf(room)).toMatchObject({ info, firstHeardAtMs: world.beganAtMs });
  });

  it('and that is saved is heard of, and not asked about', async () => {
    await told(saved, 0);
    expect(world.asked).toEqual([]);
    expect(await world.roomOf(saved)).toMatchObject({ id: saved, attempts: 0 });
  });

  it('goes on when somebody else was removed from it', async () => {
    await post('room-other-removed');
    expect(await world.roomOf(room)).not.toHaveProperty('leftAtMs');
  });

  it.each(['room-removed', 'room-dissolved'])(
    'is left by %s, and not brought back by what was written before',
    async (name) => {
      await post('room-text');
      await post(name);
      const left = { leftAtMs: 1_793_606_460_000, info };
      expect(await world.roomOf(room)).toMatchObject(left);
      await world.run(5 * minuteMs);
      for (const late of ['room-text', 'room-own-text', 'v2-room-text', name]) await post(late);
      expect(await world.roomOf(room)).toMatchObject(left);
      expect(world.asked).toHaveLength(1);
    },
  );

  it('is brought back by what was written after it was left, and asked about once more', async () => {
    await told(room, 0);
    await told(room, minuteMs, removal);
    expect(await world.roomOf(room)).toMatchObject({ leftAtMs: world.beganAtMs + minuteMs });
    await world.run(10 * minuteMs);
    for (let turn = 0; turn < 3; turn += 1) await told(room, 2 * minuteMs);
    expect(await world.roomOf(room)).not.toHaveProperty('leftAtMs');
    expect(world.asked).toHaveLength(2);
  });

  it('is neither discovered nor brought back when the account opens its chat elsewhere', async () => {
    await post('status-notify');
    expect(await world.roomOf(room)).toBeUndefined();
    await told(room, 0);
    await told(room, minuteMs, removal);
    const left = await world.roomOf(room);
    await world.run(10 * minuteMs);
    await post('status-notify');
    expect(await world.roomOf(room)).toEqual(left);
    expect(world.asked).toHaveLength(1);
  });

  it('is brought back within the minute, too', async () => {
    await told(room, 0);
    await told(room, 1_000, removal);
    await told(room, 2_000);
    expect(await world.roomOf(room)).not.toHaveProperty('leftAtMs');
  });

  it('is left when the account went itself, and messages that come late do not bring it back', async () => {
    await told(room, 0);
    await world.run(10 * minuteMs);
    await post('room-left');
    await told(room, 9 * minuteMs);
    expect(await world.roomOf(room)).toMatchObject({ leftAtMs: world.beganAtMs + 10 * minuteMs });
    await told(room, 11 * minuteMs);
    expect(await world.roomOf(room)).not.toHaveProperty('leftAtMs');
  });

  it('is heard of again after the device was erased and subscribed anew', async () => {
    await told(room, 0);
    const key = world.deviceKeyOf('wx_demo');
    await world.erase('wx_demo');
    expect(await world.roomOf(room)).toBeUndefined();
    await told(room, 0);
    expect(await world.roomOf(room)).toBeUndefined();
    await world.subscribe({ suffix: 'suffix01' });
    await told(room, 0);
    expect(await world.ports.chatrooms.load(key, room)).toMatchObject({ id: room });
  });
});

describe('asking about rooms', () => {
  beforeEach(() => world.subscribe({ contacts }));

  it('is spaced out, whatever comes at once', async () => {
    for (let nth = 0; nth < 5; nth += 1) await told(`3000000000${nth}@chatroom`, 0);
    await world.run(minuteMs);
    const times = world.asked.map(({ atMs }) => atMs - world.beganAtMs);
    expect(times).toEqual([0, 2_000, 4_000, 6_000, 8_000]);
  });

  it('is tried again later and later, and then given up', async () => {
    world.answers.push(
      ...Array.from({ length: 6 }, () => ({ kind: 'failure', class: 'upstream-error' }) as const),
    );
    await told(room, 0);
    await world.run(24 * 60 * minuteMs);
    const times = world.asked.map(({ atMs }) => Math.round((atMs - world.beganAtMs) / minuteMs));
    expect(times).toEqual([0, 1, 6, 36, 156, 876]);
    expect(await world.roomOf(room)).toMatchObject({ request: { givenUp: true } });
    expect(world.queued).toEqual([]);
  });

  it('ends when it succeeds', async () => {
    world.answers.push({ kind: 'failure', class: 'upstream-timeout' });
    await told(room, 0);
    await world.run(60 * minuteMs);
    expect(world.asked).toHaveLength(2);
    expect(await world.roomOf(room)).toMatchObject({ info });
  });

  it('waits for a day when the token is rejected', async () => {
    world.answers.push({ kind: 'failure', class: 'token-rejected' });
    await told(room, 0);
    await world.run(12 * 60 * minuteMs);
    await told(room, minuteMs);
    expect(world.asked).toHaveLength(1);
    await world.run(12 * 60 * minuteMs);
    await told(room, 2 * minuteMs);
    expect(world.asked).toHaveLength(2);
    expect(await world.roomOf(room)).toMatchObject({ info });
  });

  it('is tried again a minute after it met a device that is offline', async () => {
    world.answers.push({ kind: 'failure', class: 'device-offline' });
    await told(room, 0);
    await world.run(2 * minuteMs);
    expect(world.asked).toHaveLength(2);
    expect(await world.roomOf(room)).toMatchObject({ info });
  });

  describe('about a device that is known to be offline', () => {
    /** Two rooms spoke; the turn of the second comes when the device has just been logged out. */
    beforeEach(async () => {
      await told('30000000001@chatroom', 0);
      await told(room, 0);
      await world.changeRecord({ offlineSinceMs: world.now() });
      world.asked.splice(0);
    });
    it('waits, and goes on when the device is back', async () => {
      await world.run(20 * minuteMs);
      expect(world.asked).toEqual([]);
      expect(await world.roomOf(room)).toMatchObject({ request: { failures: 0, givenUp: false } });
      await post('v2-login');
      await world.run(20 * minuteMs);
      expect(world.asked).toMatchObject([{ roomId: room }]);
      expect(await world.roomOf(room)).toMatchObject({ info });
    });

    it('ends after a day, and begins again with the next message once the device is back', async () => {
      await world.run(3 * 24 * 60 * minuteMs);
      expect(world.queued).toEqual([]);
      expect(world.served.at(-1)).toEqual({ kind: 'ack', what: 'offline' });
      expect(world.served.length).toBeLessThan(200);
      expect(world.asked).toEqual([]);
      await post('v2-login');
      await told(room, 3 * 24 * 60 * minuteMs);
      expect(world.asked).toHaveLength(1);
      expect(await world.roomOf(room)).toMatchObject({ info });
    });
  });

  it('ends with the subscription', async () => {
    await told('30000000001@chatroom', 0);
    // Its turn comes two seconds later.
    await told(room, 0);
    await world.subscribe({ contacts, onCallbacks: false });
    await world.run(minuteMs);
    expect(world.asked.map(({ roomId }) => roomId)).toEqual(['30000000001@chatroom']);
    expect(world.served.at(-1)).toEqual({ kind: 'ack', what: 'unsubscribed' });
  });
});

describe('a crash', () => {
  beforeEach(() => world.subscribe({ contacts }));

  it('before the message about a new room was sent is made good when the callback comes again', async () => {
    const { callbackQueue } = world.ports;
    world.ports.callbackQueue = { send: () => Promise.reject(new QueueUnavailable('no')) };
    await expect(told(room, 0)).rejects.toThrow('no');
    expect(await world.roomOf(room)).toMatchObject({ attempts: 1 });
    world.ports.callbackQueue = callbackQueue;
    // SQS hides it for 70 s.
    for (const queued of world.queued) queued.visibleAtMs += 70_000;
    await world.run(2 * minuteMs);
    expect(world.asked).toHaveLength(1);
    expect(await world.roomOf(room)).toMatchObject({ info });
  });

  it('during the call to GeWe leads to another call after a while, and to one message only', async () => {
    world.ports.rooms.fetchInfo = () => Promise.reject(new Error('the worker died'));
    await expect(told(room, 0)).rejects.toThrow('the worker died');
    const [message] = world.queued;
    if (message) world.queued.push({ ...message });
    world.ports.rooms.fetchInfo = async (_secret, roomId) => {
      world.asked.push({ roomId, atMs: world.now() });
      return { kind: 'room', info };
    };
    await world.run(5 * minuteMs);
    expect(world.asked).toEqual([{ roomId: room, atMs: world.beganAtMs + minuteMs }]);
    expect(await world.roomOf(room)).toMatchObject({ info });
  });
});
