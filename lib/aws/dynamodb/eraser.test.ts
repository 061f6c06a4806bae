import { expect, it } from 'vitest';
import { itemsOf, useLocalTable, type Watch } from '../../../tests/support/local-table.ts';
import type { DeviceRecord } from '../../device/record.ts';
import { createChangeStore } from './change-store.ts';
import { createChatroomStore } from './chatroom-store.ts';
import { createEraser } from './eraser.ts';
import { createRecordStore } from './record-store.ts';
import { createRefreshArchive } from './refresh-archive.ts';
import { partDigestOf } from './snapshot-parts.ts';
import { createSnapshotParts } from './snapshot-store.ts';
import { createSubscriptionStore } from './subscription-store.ts';
import { putItem, type Table } from './table.ts';

const local = useLocalTable();
const clock = { now: () => Date.UTC(2027, 0, 31) };
const tombstone: DeviceRecord = { rev: 5, superseded: {}, erasedAtMs: clock.now() };

let device = 0;
const newDevice = () => `device-${++device}`;

async function keysOf(table: Table, deviceKey: string): Promise<readonly string[]> {
  return (await itemsOf(table, deviceKey)).map(({ sk }) => sk?.S ?? '');
}

/** One item of each kind, written at this revision. */
async function writeAll(table: Table, deviceKey: string, rev: number): Promise<void> {
  const part = Buffer.from('bytes');
  await createSnapshotParts(table).write(deviceKey, rev % 2 ? 'A' : 'B', rev, [part, part]);
  await createChangeStore(table, clock).put(deviceKey, rev, { from: 'a', to: 'b', atMs: clock.now() });
  const id = `${String(rev).padStart(7, '0')}-${'s'.repeat(16)}`;
  const times = { createdAtMs: clock.now(), endedAtMs: clock.now() };
  await createRefreshArchive(table, clock).put(deviceKey, rev, {
    id,
    trigger: 'api',
    attempt: 0,
    status: 'failed',
    error: 'abandoned',
    ...times,
  });
  await createSubscriptionStore(table).put(deviceKey, rev, { suffix: 'suffix00', sealed: 'sealed' });
  const rooms = createChatroomStore(table, () => 'nonce', { sleep: () => Promise.resolve() });
  const heard = { firstHeardAtMs: clock.now(), lastHeardAtMs: clock.now(), attempts: 0 };
  await rooms.compareAndSet(deviceKey, rev, { id: `${rev}@chatroom`, rev: 1, ...heard });
  await rooms.reserve(deviceKey, rev, clock.now(), 2_000);
}

it('deletes everything of the device up to the revision but its record, and nothing of another', async () => {
  const table = local.open();
  const [key, other] = [newDevice(), newDevice()];
  await putItem(table, key, 'DEVICE', { rev: { N: '4' } });
  await createRecordStore(table, () => 'nonce').compareAndSet(key, tombstone);
  for (const rev of [3, 4]) await writeAll(table, key, rev);
  await writeAll(table, other, 3);
  const before = await keysOf(table, other);
  await createEraser(table).erase(key, 5);
  expect(await keysOf(table, key)).toEqual(['DEVICE']);
  expect(await createRecordStore(table, () => 'nonce').load(key)).toEqual(tombstone);
  expect(await keysOf(table, other)).toEqual(before);
});

it('leaves what was written after the revision', async () => {
  const table = local.open();
  const key = newDevice();
  await writeAll(table, key, 5);
  await writeAll(table, key, 6);
  await createEraser(table).erase(key, 5);
  expect(await keysOf(table, key)).toEqual([
    'CHANGE#0000000006',
    'CHATROOM#6@chatroom',
    'CHATROOMS',
    'REFRESH#0000006-ssssssssssssssss',
    'SNAPSHOT#B#00',
    'SNAPSHOT#B#01',
    'SUBSCRIPTION',
  ]);
});

it('leaves a part that a later writer puts between the look and the deletion', async () => {
  const table = local.open();
  const key = newDevice();
  await writeAll(table, key, 5);
  const newer = Buffer.from('newer');
  let written = false;
  const overtaken: Watch = async ({ operation, send }) => {
    if (operation === 'DeleteItem' && !written) {
      written = true;
      await createSnapshotParts(table).write(key, 'A', 7, [newer]);
    }
    await send();
  };
  await createEraser(local.open(overtaken)).erase(key, 5);
  expect(await keysOf(table, key)).toEqual(['SNAPSHOT#A#00']);
  const counts = { friends: 1, chatrooms: 0, ghs: 0 };
  const ref = { slot: 'A', digest: 'd', partDigests: [partDigestOf(newer)], counts } as const;
  const times = { asOfMs: 0, receivedAtMs: 0, changedAtMs: 0 };
  const bytes = await createSnapshotParts(table).read(key, { ...ref, ...times });
  expect(Buffer.from(bytes ?? []).toString()).toBe('newer');
});

it('deletes many items, never more than eight at a time', async () => {
  const table = local.open();
  const key = newDevice();
  for (let rev = 1; rev <= 20; rev += 1) {
    await createChangeStore(table, clock).put(key, rev, { from: 'a', to: 'b', atMs: clock.now() });
  }
  let underWay = 0;
  let most = 0;
  const counting: Watch = async ({ operation, send }) => {
    if (operation !== 'DeleteItem') return void (await send());
    underWay += 1;
    most = Math.max(most, underWay);
    await send();
    underWay -= 1;
  };
  await createEraser(local.open(counting)).erase(key, 20);
  expect(await keysOf(table, key)).toEqual([]);
  expect(most).toBe(8);
});

it('is done when there is nothing, and can be repeated', async () => {
  const table = local.open();
  const key = newDevice();
  await createEraser(table).erase(key, 3);
  await writeAll(table, key, 2);
  await createEraser(table).erase(key, 3);
  await createEraser(table).erase(key, 3);
  expect(await keysOf(table, key)).toEqual([]);
});

it('says StoreUnavailable when DynamoDB fails, and is finished by the next time', async () => {
  const table = local.open();
  const key = newDevice();
  await writeAll(table, key, 2);
  let deletions = 0;
  const failsOnce: Watch = async ({ operation, send }) => {
    if (operation === 'DeleteItem' && deletions++ === 1) {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    }
    await send();
  };
  const failing = createEraser(local.open(failsOnce));
  await expect(failing.erase(key, 2)).rejects.toMatchObject({ name: 'StoreUnavailable' });
  await failing.erase(key, 2);
  expect(await keysOf(table, key)).toEqual([]);
});
