import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useLocalTable } from '../../tests/support/local-table.ts';
import { createChatroomStore } from '../aws/dynamodb/chatroom-store.ts';
import { createRecordStore } from '../aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../aws/dynamodb/snapshot-store.ts';
import { type Contacts, countsOf, digestOf } from '../device/contacts.ts';
import { newNonce } from '../system/random.ts';
import { type ListedRoom, readChatrooms } from './read.ts';

const local = useLocalTable();

function portsNow() {
  const table = local.open();
  return {
    records: createRecordStore(table, newNonce),
    snapshots: createSnapshotStore(table),
    chatrooms: createChatroomStore(table, newNonce, { sleep: () => Promise.resolve() }),
  };
}
type Ports = ReturnType<typeof portsNow>;

let devices = 0;

/** A device with these rooms; no list when none is given. */
async function deviceWith(ports: Ports, saved: readonly string[] | undefined, heard: readonly string[]) {
  const deviceKey = `device-${++devices}`;
  for (const id of heard) {
    await ports.chatrooms.compareAndSet(deviceKey, 1, {
      id,
      rev: 1,
      firstHeardAtMs: 1,
      lastHeardAtMs: 1,
      attempts: 0,
    });
  }
  if (saved) {
    const contacts: Contacts = { friends: ['weixin'], chatrooms: saved, ghs: [] };
    const written = await ports.snapshots.write(deviceKey, 'A', 1, contacts);
    const partDigests = typeof written === 'string' ? [] : written;
    const times = { asOfMs: 1, receivedAtMs: 1, changedAtMs: 1 };
    const named = {
      digest: digestOf(contacts),
      partDigests,
      counts: countsOf(contacts),
    };
    const snapshot = { slot: 'A', ...named, ...times } as const;
    await ports.records.compareAndSet(deviceKey, { rev: 1, superseded: {}, snapshot });
  }
  return deviceKey;
}

/** Page after page, each as long as `limit` but the last. */
async function walk(deviceKey: string, limit: number, ports: Ports): Promise<readonly ListedRoom[]> {
  const all: ListedRoom[] = [];
  for (let afterId: string | undefined; ; ) {
    const page = await readChatrooms(deviceKey, { limit, ...(afterId !== undefined && { afterId }) }, ports);
    if (page.kind === 'nothing') return all;
    all.push(...page.rooms);
    if (page.next === undefined) return all;
    expect(page.rooms).toHaveLength(limit);
    afterId = page.next;
  }
}

it('gives each room once, in order, whatever the limit', async () => {
  const ports = portsNow();
  const id = fc.oneof(
    fc.nat({ max: 30 }).map((number) => `${number}@chatroom`),
    fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
      .filter((text) => Buffer.byteLength(text) <= 150),
  );
  const ids = fc.uniqueArray(id, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ids, ids, fc.integer({ min: 1, max: 30 }), async (saved, heard, limit) => {
      const deviceKey = await deviceWith(ports, saved, heard);
      const rooms = await walk(deviceKey, limit, ports);
      const expected = [...new Set([...saved, ...heard])].toSorted((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
      expect(rooms.map((room) => room.id)).toEqual(expected);
      for (const room of rooms) {
        expect(room.isSaved).toBe(saved.includes(room.id));
        expect(room.discovered?.id).toBe(heard.includes(room.id) ? room.id : undefined);
      }
    }),
    { numRuns: 40 },
  );
});

describe('nothing', () => {
  it('is said when there is neither a list nor a room', async () => {
    const ports = portsNow();
    const deviceKey = await deviceWith(ports, undefined, []);
    expect(await readChatrooms(deviceKey, { limit: 5 }, ports)).toEqual({ kind: 'nothing' });
    expect(await readChatrooms(deviceKey, { limit: 5, afterId: 'a' }, ports)).toEqual({ kind: 'nothing' });
  });

  it('is not said when there is one of them, even past its end', async () => {
    const ports = portsNow();
    const empty = { kind: 'page', rooms: [] };
    const listOnly = await deviceWith(ports, [], []);
    const roomOnly = await deviceWith(ports, undefined, ['1@chatroom']);
    expect(await readChatrooms(listOnly, { limit: 5 }, ports)).toEqual(empty);
    expect(await readChatrooms(roomOnly, { limit: 5, afterId: '2' }, ports)).toEqual(empty);
    expect(await readChatrooms(roomOnly, { limit: 5 }, ports)).toMatchObject({ rooms: [{ isSaved: false }] });
  });
});

it('leaves out ids that no cursor could name', async () => {
  const ports = portsNow();
  const longest = 'r'.repeat(150);
  const deviceKey = await deviceWith(ports, [longest, `${longest}r`, 'é'.repeat(76)], []);
  expect((await walk(deviceKey, 1, ports)).map(({ id }) => id)).toEqual([longest]);
});
