import { beforeEach, describe, expect, it } from 'vitest';
import type { Contacts } from '../../lib/device/contacts.ts';
import type { CallbackEffect } from '../../lib/device/telemetry.ts';
import { useLocalTable } from '../support/local-table.ts';
import { createWorld, sampleOf, type World } from './world.ts';

const local = useLocalTable();
const room = '20000000001@chatroom';
const saved = '2180313478@chatroom';
const contacts: Contacts = { friends: ['wxid_friend'], chatrooms: [saved], ghs: [] };

let worlds = 0;
let world: World;
let id: string;
let effects: CallbackEffect[];
beforeEach(async () => {
  world = await createWorld(local.open(), `token-${++worlds}`);
  effects = [];
  world.count(effects);
  id = await world.upsertCallback();
});

const post = (name: string) => world.post(id, sampleOf(name));
describe('a change of a contact', () => {
  it.each([
    'friend-changed',
    'friend-deleted',
    'room-changed',
    'v2-friend-changed',
    'v2-friend-deleted',
    'v2-friend-confirmed',
  ])('%s asks for one refresh, however often it comes', async (name) => {
    await world.subscribe({ contacts });
    for (let turn = 0; turn < 3; turn += 1) await post(name);
    expect(world.sent).toMatchObject([{ kind: 'rerun', deviceKey: world.deviceKeyOf('wx_demo') }]);
    expect(effects).toEqual(['refresh', 'refresh', 'refresh']);
    expect((await world.recordOf())?.rerun).toMatchObject({ trigger: 'callback' });
  });

  it('of a room that is not in the list asks for none', async () => {
    await world.subscribe({ contacts: { ...contacts, chatrooms: [] } });
    await post('room-changed');
    await post('room-left');
    expect(world.sent).toEqual([]);
    expect(effects).toEqual(['none', 'left']);
  });

  it('that is the deletion of a saved room marks it left, and asks for a refresh', async () => {
    await world.subscribe({ contacts: { ...contacts, chatrooms: [room] } });
    await post('room-left');
    expect(world.sent).toHaveLength(1);
    expect(await world.roomOf(room)).toMatchObject({ leftAtMs: world.beganAtMs });
  });
});

describe('a device', () => {
  it.each(['friend-deleted', 'room-text', 'offline', 'room-removed'])(
    'that nobody subscribed, or not to callbacks, is left alone by %s',
    async (name) => {
      await post(name);
      await world.subscribe({ contacts, onCallbacks: false });
      await post(name);
      await world.subscribe({ contacts, appId: 'wx_other' });
      await post(name);
      expect(effects).toEqual(['unsubscribed', 'unsubscribed', 'unsubscribed']);
      expect(world.sent).toEqual([]);
      expect(await world.roomOf(room)).toBeUndefined();
      expect((await world.recordOf())?.offlineSinceMs).toBeUndefined();
    },
  );

  it('whose token GeWe rejects is left alone', async () => {
    await world.subscribe({ contacts });
    const subscription = (await world.recordOf())?.subscription;
    if (subscription) await world.changeRecord({ subscription: { ...subscription, stopped: true } });
    await post('room-text');
    await post('friend-deleted');
    expect(effects).toEqual(['unsubscribed', 'unsubscribed']);
  });

  it.each(['offline', 'v2-logout'])(
    'is marked by %s, unmarked by whatever comes from it next, and refreshed once then',
    async (name) => {
      await world.subscribe({ contacts });
      for (const sign of ['room-text', 'friend-changed', 'v2-login', 'friend-text', 'room-removed']) {
        await world.run(1_000);
        await post(name);
        expect((await world.recordOf())?.offlineSinceMs).toBe(world.now());
        await world.run(1_000);
        await post(sign);
        expect((await world.recordOf())?.offlineSinceMs).toBeUndefined();
        // Nobody told of what changed meanwhile.
        expect(world.sent.splice(0)).toMatchObject([{ kind: 'rerun' }]);
      }
    },
  );

  /** What says that it was written, or that it happened, so long after the world began. */
  const messageAt = (afterMs: number) => {
    const Data = { FromUserName: 'wxid_friend', MsgType: 1, CreateTime: seconds(world.beganAtMs + afterMs) };
    return Buffer.from(JSON.stringify({ TypeName: 'AddMsg', Appid: 'wx_demo', Data }));
  };
  const loginAt = (afterMs: number) => {
    const createTime = world.beganAtMs + afterMs;
    return Buffer.from(JSON.stringify({ appid: 'wx_demo', msgType: 'LOGIN_SUCCESS', createTime }));
  };
  const seconds = (ms: number) => Math.floor(ms / 1000);

  it('stays offline, and is not refreshed, whatever that is older than its going comes after it', async () => {
    await world.subscribe({ contacts });
    await world.run(10_500);
    await post('offline');
    const offline = await world.recordOf();
    await world.run(60_000);
    // GeWe tells whole seconds: what was written in the same one may have been written before.
    for (const body of [messageAt(9_000), messageAt(10_999), loginAt(10_500)]) await world.post(id, body);
    expect(await world.recordOf()).toEqual(offline);
    expect(world.sent).toEqual([]);
    expect(effects.splice(0)).toEqual(['offline', 'none', 'none', 'none']);
    await world.post(id, messageAt(11_000));
    expect((await world.recordOf())?.offlineSinceMs).toBeUndefined();
    expect(world.sent).toHaveLength(1);
  });

  it('is not refreshed for a change that was received before it went offline, but when it is back', async () => {
    await world.subscribe({ contacts });
    world.receiveOnly = true;
    await post('friend-changed');
    const [late] = world.queued.splice(0);
    await world.run(5_000);
    world.receiveOnly = false;
    await post('offline');
    const offline = await world.recordOf();
    if (late) world.queued.push(late);
    await world.run(1_000);
    expect(await world.recordOf()).toEqual(offline);
    expect(world.sent).toEqual([]);
    await post('v2-login');
    expect(world.sent).toHaveLength(1);
  });

  it('that was heard of again is not marked by an Offline that was received before, or comes twice', async () => {
    await world.subscribe({ contacts });
    world.receiveOnly = true;
    await post('offline');
    const [first] = world.queued;
    world.receiveOnly = false;
    await world.run(5_000);
    await world.post(id, messageAt(5_000));
    const back = await world.recordOf();
    expect(back?.offlineSinceMs).toBeUndefined();
    if (first) world.queued.push({ ...first });
    await world.run(60_000);
    expect(await world.recordOf()).toEqual(back);
    await post('offline');
    expect((await world.recordOf())?.offlineSinceMs).toBe(world.now());
  });
});

describe('what is none of this', () => {
  it.each([
    ['probe', 'none'],
    ['probe-self-hosted', 'none'],
    ['friend-text', 'none'],
  ])('%s leads to nothing', async (name, effect) => {
    await world.subscribe({ contacts });
    expect(await post(name)).toBe(true);
    expect(effects).toEqual([effect]);
  });

  it('has no shape, and is acknowledged all the same', async () => {
    await world.subscribe({ contacts });
    for (const body of ['{', 'null', '{"TypeName":"AddMsg"}', '\u0000']) {
      expect(await world.post(id, Buffer.from(body))).toBe(true);
    }
    expect(effects).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });
});
