import fc from 'fast-check';
import { expect, it } from 'vitest';
import { itemsOf, useLocalTable } from '../../../tests/support/local-table.ts';
import { resultRetentionMs } from '../../device/policy.ts';
import type { EndedRefresh } from '../../device/record.ts';
import { anyEnded } from './record-samples.test-data.ts';
import { createBulkArchive, createRefreshArchive } from './refresh-archive.ts';

const local = useLocalTable();
const nowMs = Date.UTC(2027, 0, 31);
const archiveAt = (atMs: number) => createRefreshArchive(local.open(), { now: () => atMs });

let device = 0;
const newDevice = () => `device-${++device}`;

const idOf = (rev: number) => `${rev.toString(36).padStart(7, '0')}-${'s'.repeat(16)}`;
function ended(rev: number, endedAtMs = nowMs): EndedRefresh {
  const times = { createdAtMs: endedAtMs - 5_000, startedAtMs: endedAtMs - 4_000, endedAtMs };
  return { id: idOf(rev), trigger: 'api', attempt: 1, status: 'failed', error: 'device-offline', ...times };
}

it('finds every refresh by its id, and none that is not there', async () => {
  const key = newDevice();
  for (const rev of [2, 5, 36, 1_000]) await archiveAt(nowMs).put(key, rev, ended(rev));
  for (const rev of [2, 5, 36, 1_000]) {
    expect(await archiveAt(nowMs).find(key, idOf(rev))).toEqual(ended(rev));
  }
  for (const rev of [1, 3, 999]) expect(await archiveAt(nowMs).find(key, idOf(rev))).toBeUndefined();
  expect(await archiveAt(nowMs).find(newDevice(), idOf(2))).toBeUndefined();
});

it('writes one item of one unit a refresh, and reads one to find it', async () => {
  const key = newDevice();
  const calls: string[] = [];
  const table = local.open(async ({ operation, send }) => {
    const { ConsumedCapacity: consumed } = Object(await send());
    calls.push(`${operation} ${Number(Object(consumed).CapacityUnits)}`);
  });
  table.client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } }),
    { step: 'initialize' },
  );
  const archive = createRefreshArchive(table, { now: () => nowMs });
  await archive.put(key, 7, ended(7));
  expect(await archive.find(key, idOf(7))).toEqual(ended(7));
  expect(calls).toEqual(['PutItem 1', 'GetItem 1']);
});

it('puts those of many devices, 25 in a request, each as it would be put by itself', async () => {
  const calls: string[] = [];
  const table = local.open(async ({ operation, send }) => {
    calls.push(operation);
    await send();
  });
  const bulk = createBulkArchive(table);
  const keys = Array.from({ length: 30 }, newDevice);
  await Promise.all(keys.map((key) => bulk.put(key, 7, ended(7))));
  expect(calls).toEqual(['BatchWriteItem', 'BatchWriteItem']);
  const [single = ''] = [newDevice()];
  await archiveAt(nowMs).put(single, 7, ended(7));
  const { pk: _single, ...expected } = (await itemsOf(table, single))[0] ?? {};
  for (const key of keys) {
    const [{ pk: _key, ...item } = {}] = await itemsOf(table, key);
    expect(item).toEqual(expected);
  }
});

it('puts what DynamoDB did not get to once more, and says of no refresh that it is there when it is not', async () => {
  let left = 2;
  const table = local.open(async ({ operation, send }) => {
    if (operation === 'BatchWriteItem')
      throw Object.assign(new Error('gone'), { name: 'InternalServerError' });
    await send();
  });
  await expect(createBulkArchive(table).put(newDevice(), 7, ended(7))).rejects.toMatchObject({
    name: 'StoreUnavailable',
  });
  const busy = local.open();
  busy.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'BatchWriteItemCommand' || left-- <= 0) return next(args);
      const { RequestItems: UnprocessedItems } = Object(args.input);
      return { output: { $metadata: {}, UnprocessedItems }, response: {} };
    },
    { step: 'initialize' },
  );
  const key = newDevice();
  await createBulkArchive(busy).put(key, 7, ended(7));
  expect(await archiveAt(nowMs).find(key, idOf(7))).toEqual(ended(7));
});

it('hides a refresh 24 hours after its end, and lets its item go then', async () => {
  const key = newDevice();
  await archiveAt(nowMs).put(key, 3, ended(3, nowMs + 1));
  expect(await archiveAt(nowMs + resultRetentionMs).find(key, idOf(3))).toEqual(ended(3, nowMs + 1));
  expect(await archiveAt(nowMs + resultRetentionMs + 1).find(key, idOf(3))).toBeUndefined();
  const [item] = await itemsOf(local.open(), key);
  expect(item?.fence?.N).toBe('3');
  expect(Number(item?.expiresAtEpochS?.N)).toBe(Date.UTC(2027, 1, 1, 0, 0, 1) / 1000);
});

it('gives any refresh back as it was put', async () => {
  await fc.assert(
    fc.asyncProperty(anyEnded, async (refresh) => {
      const key = newDevice();
      const stored = { ...refresh, id: idOf(1) };
      const archive = archiveAt(stored.endedAtMs);
      await archive.put(key, 1, stored);
      expect(await archive.find(key, idOf(1))).toEqual(stored);
    }),
    { numRuns: 30 },
  );
});
