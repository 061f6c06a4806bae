import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsOf, useLocalTable, type Watch } from '../../../tests/support/local-table.ts';
import type { Chatroom } from '../../chatrooms/room-rules.ts';
import { createChatroomStore } from './chatroom-store.ts';
import { putItem } from './table.ts';

const local = useLocalTable();
let nonces = 0;
const clock = { sleep: () => Promise.resolve() };
const storeOf = (watch?: Watch) => createChatroomStore(local.open(watch), () => `nonce-${++nonces}`, clock);

let devices = 0;
const newDevice = () => `device-${++devices}`;

const roomOf = (id: string): Chatroom => ({
  id,
  rev: 1,
  firstHeardAtMs: 1_000,
  lastHeardAtMs: 2_000,
  attempts: 0,
});

const time = fc.nat({ max: 4_000_000_000_000 });
const text = fc.option(fc.string());
const anyRoom: fc.Arbitrary<Chatroom> = fc.record(
  {
    id: fc.string({ minLength: 1, maxLength: 128 }),
    rev: fc.integer({ min: 1 }),
    firstHeardAtMs: time,
    lastHeardAtMs: time,
    writtenAtMs: time,
    leftAtMs: time,
    info: fc.record({ name: text, remark: text, owner: text, memberCount: fc.option(fc.nat()) }),
    attempts: fc.nat(),
    request: fc.record(
      {
        failures: fc.nat(),
        deferrals: fc.nat(),
        reserved: fc.boolean(),
        notBeforeMs: time,
        givenUp: fc.boolean(),
      },
      { requiredKeys: ['failures', 'reserved', 'notBeforeMs', 'givenUp'] },
    ),
  },
  { requiredKeys: ['id', 'rev', 'firstHeardAtMs', 'lastHeardAtMs', 'attempts'] },
);

describe('a room', () => {
  it('is stored without a loss, whatever is known of it', () => {
    return fc.assert(
      fc.asyncProperty(anyRoom, async (room) => {
        const device = newDevice();
        const first = { ...room, rev: 1 };
        await storeOf().compareAndSet(device, 1, first);
        expect(await storeOf().load(device, room.id)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  it('is given as it was swapped in, and by nobody who was not first', async () => {
    const device = newDevice();
    const room = roomOf('1@chatroom');
    expect(await storeOf().load(device, room.id)).toBeUndefined();
    expect(await storeOf().compareAndSet(device, 4, { ...room, rev: 2 })).toBe(false);
    expect(await storeOf().compareAndSet(device, 4, room)).toBe(true);
    expect(await storeOf().compareAndSet(device, 4, { ...room, attempts: 5 })).toBe(false);
    expect(await storeOf().load(device, room.id)).toEqual(room);
    const next = { ...room, rev: 2, leftAtMs: 7 };
    expect(await storeOf().compareAndSet(device, 5, next)).toBe(true);
    expect(await storeOf().load(device, room.id)).toEqual(next);
    const [item] = await itemsOf(local.open(), device);
    expect(item?.fence).toEqual({ N: '5' });
  });

  it('is discovered by one of many at once', async () => {
    const device = newDevice();
    const tries = Array.from({ length: 10 }, () => storeOf().compareAndSet(device, 1, roomOf('1@chatroom')));
    expect((await Promise.all(tries)).filter((won) => won)).toHaveLength(1);
  });

  it('counts as swapped when the answer to the put was lost', async () => {
    const device = newDevice();
    let puts = 0;
    const losesFirstAnswer: Watch = async ({ operation, send }) => {
      await send();
      if (operation === 'PutItem' && puts++ === 0) {
        throw Object.assign(new Error('reset'), { name: 'TimeoutError' });
      }
    };
    expect(await storeOf(losesFirstAnswer).compareAndSet(device, 1, roomOf('1@chatroom'))).toBe(true);
    expect(puts).toBeGreaterThanOrEqual(1);
  });

  it('that is no room is told by its field', async () => {
    const device = newDevice();
    await putItem(local.open(), device, 'CHATROOM#1', {
      id: { S: '1' },
      rev: { N: '1' },
      attempts: { N: '0' },
    });
    await expect(storeOf().load(device, '1')).rejects.toThrow('stored chatroom.firstHeardAtMs: expected');
  });
});

describe('the list', () => {
  it('is in the order of bytes, after an id, and ends where it is to', async () => {
    const device = newDevice();
    const ids = ['2@chatroom', '10@chatroom', 'é', '\u{1f600}', '\uffee'];
    for (const id of ids) await storeOf().compareAndSet(device, 1, roomOf(id));
    await storeOf().reserve(device, 1, 0, 2_000);
    await putItem(local.open(), device, 'DEVICE', { rev: { N: '1' } });
    const list = async (afterId: string | undefined, atMost: number) =>
      (await storeOf().list(device, afterId, atMost)).map(({ id }) => id);
    const ordered = ['10@chatroom', '2@chatroom', 'é', '\uffee', '\u{1f600}'];
    expect(await list(undefined, 100)).toEqual(ordered);
    expect(await list(undefined, 2)).toEqual(ordered.slice(0, 2));
    expect(await list('2@chatroom', 2)).toEqual(ordered.slice(2, 4));
    expect(await list('2', 1)).toEqual(['2@chatroom']);
    expect(await list('\u{1f600}', 5)).toEqual([]);
    expect(await list(undefined, 5)).toHaveLength(5);
  });

  it('holds no room of another device', async () => {
    await storeOf().compareAndSet(newDevice(), 1, roomOf('1@chatroom'));
    expect(await storeOf().list(newDevice(), undefined, 10)).toEqual([]);
  });
});

describe('a time for a call', () => {
  it('is now, or so far behind the one before it', async () => {
    const device = newDevice();
    const times: number[] = [];
    for (const nowMs of [10_000, 10_000, 10_500, 30_000]) {
      times.push(await storeOf().reserve(device, 1, nowMs, 2_000));
    }
    expect(times).toEqual([10_000, 12_000, 14_000, 30_000]);
  });

  it('is given to one of many at once', async () => {
    const device = newDevice();
    const all = Array.from({ length: 8 }, () => storeOf().reserve(device, 1, 10_000, 2_000));
    const times = (await Promise.all(all)).toSorted((one, other) => one - other);
    for (const [index, at] of times.entries()) {
      expect(at - (times[index - 1] ?? at - 2_000)).toBeGreaterThanOrEqual(2_000);
    }
  });
});
