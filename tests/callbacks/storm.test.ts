import { expect, it } from 'vitest';
import { processCallback } from '../../lib/callbacks/process.ts';
import type { DeviceRecord } from '../../lib/device/record.ts';
import { useLocalTable, type Watch } from '../support/local-table.ts';
import { createWorld, sampleOf, type World } from './world.ts';

const local = useLocalTable();

const rooms = 50;
const distinctPerRoom = 10;
const repeats = 20;
const { signal } = new AbortController();
const roomId = (room: number) => `${20_000_000_000 + room}@chatroom`;

/** Every message is written a second after the one before it. */
function bodyOf(room: number, nth: number, beginsAtMs: number): Buffer {
  const id = 8_100_000_000_000_000_000n + BigInt(room * distinctPerRoom + nth);
  const said = `"MsgType":1,"Content":{"string":"wxid_friend:\\n好"},"CreateTime":${beginsAtMs / 1000 + nth}`;
  const data = `{"FromUserName":{"string":"${roomId(room)}"},${said},"NewMsgId":${id}}`;
  return Buffer.from(`{"TypeName":"AddMsg","Appid":"wx_demo","Data":${data}}`);
}

/** In the same disorder each time: a failure can be looked at again. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  let seed = 20_261_102;
  const keyed = items.map((item) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return { item, order: seed };
  });
  return keyed.toSorted((one, other) => one.order - other.order).map(({ item }) => item);
}

/** The record is read for each message, 10,000 times; only its first read after a change need go over the wire here. */
function rememberRecords({ ports: { records } }: World): void {
  const known = new Map<string, DeviceRecord | undefined>();
  const { load, compareAndSet } = records;
  records.load = async (key) => (known.has(key) ? known.get(key) : known.set(key, await load(key)).get(key));
  records.compareAndSet = async (key, next) => {
    known.delete(key);
    return compareAndSet(key, next);
  };
}

it('asks 50 times about the 50 rooms of 10,000 messages, repeated and out of order, and writes little', async () => {
  let writes = 0;
  const counting: Watch = async ({ operation, send }) => {
    if (operation !== 'GetItem') writes += 1;
    await send();
  };
  const world = await createWorld(local.open(counting), 'token-storm');
  const id = await world.upsertCallback();
  await world.subscribe({ contacts: { friends: ['wxid_friend'], chatrooms: [], ghs: [] } });
  const receive = (body: Buffer) =>
    world.receive({ id, body, contentType: 'application/json', wasForwarded: false });
  for (let room = 0; room < rooms; room += 1) {
    for (let nth = 0; nth < distinctPerRoom; nth += 1) await receive(bodyOf(room, nth, world.now()));
  }
  await receive(sampleOf('friend-changed'));
  const messages = world.queued
    .splice(0)
    .flatMap(({ message }) => Array.from({ length: repeats }, () => message));
  expect(messages).toHaveLength(10_020);

  rememberRecords(world);
  writes = 0;
  const storm = shuffled(messages).values();
  const handle = { extendVisibility: () => Promise.reject(new Error('a callback is never hidden')) };
  const worker = async () => {
    for (const message of storm) await processCallback(message, handle, world.ports, { signal });
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  // 50 rooms, the refresh that is pendingRerun, the time of the last callback; and what several workers tried at once.
  expect(writes).toBeLessThan(100);
  expect(world.queued).toHaveLength(rooms);
  expect(world.pendingRerun).toHaveLength(1);

  await world.run(rooms * 2_000);
  expect(world.asked.map((call) => call.roomId).toSorted()).toEqual(
    Array.from({ length: rooms }, (_, room) => roomId(room)),
  );
  const gaps = world.asked.slice(1).map(({ atMs }, index) => atMs - (world.asked[index]?.atMs ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000);
  expect(world.queued).toEqual([]);
});
