import { expect, it } from 'vitest';
import { processCallback } from '../../lib/callbacks/process.ts';
import { useLocalTable, type Watch } from '../support/local-table.ts';
import { createWorld, sampleOf } from './world.ts';

const local = useLocalTable();

const rooms = 50;
const distinctPerRoom = 10;
const repeats = 4;
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

it('asks 50 times about the 50 rooms of 2,000 messages, repeated and out of order, reads once for each, and writes little', async () => {
  let reads = 0;
  let writes = 0;
  const counting: Watch = async ({ operation, send }) => {
    if (operation === 'GetItem') reads += 1;
    else writes += 1;
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
  expect(messages).toHaveLength(2_004);

  reads = 0;
  writes = 0;
  const storm = shuffled(messages).values();
  const handle = { extendVisibility: () => Promise.reject(new Error('a callback is never hidden')) };
  const worker = async () => {
    for (const message of storm) await processCallback(message, handle, world.ports, { signal });
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  // The record, for each message; the rooms and the subscription, as often as they are written.
  expect(reads).toBeGreaterThanOrEqual(messages.length);
  expect(reads).toBeLessThan(messages.length + 300);
  // 50 rooms, the pending rerun, the time of the last callback; and what several workers tried at once.
  expect(writes).toBeLessThan(100);
  expect(world.queued).toHaveLength(rooms);
  expect(world.sent).toHaveLength(1);

  await world.run(rooms * 2_000);
  expect(world.asked.map((call) => call.roomId).toSorted()).toEqual(
    Array.from({ length: rooms }, (_, room) => roomId(room)),
  );
  const gaps = world.asked.slice(1).map(({ atMs }, index) => atMs - (world.asked[index]?.atMs ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000);
  expect(world.queued).toEqual([]);
});
