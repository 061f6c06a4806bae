import fc from 'fast-check';
import { expect, it } from 'vitest';
import { itemsOf, useLocalTable } from '../../../tests/support/local-table.ts';
import { resultRetentionMs } from '../../device/policy.ts';
import type { EndedRefresh } from '../../device/record.ts';
import { anyEnded } from './record-samples.test-data.ts';
import { createRefreshArchive } from './refresh-archive.ts';

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

it('finds every refresh of every batch, and none that is not there', async () => {
  const key = newDevice();
  for (const revs of [
    [2, 5, 8, 36],
    [37, 40],
    [1_000, 1_300],
  ]) {
    await archiveAt(nowMs).put(
      key,
      revs.at(-1) ?? 0,
      revs.map((rev) => ended(rev)),
    );
  }
  for (const rev of [2, 5, 8, 36, 37, 40, 1_000, 1_300]) {
    expect(await archiveAt(nowMs).find(key, idOf(rev))).toEqual(ended(rev));
  }
  for (const rev of [1, 3, 38, 999, 1_301]) {
    expect(await archiveAt(nowMs).find(key, idOf(rev))).toBeUndefined();
  }
  expect(await archiveAt(nowMs).find(newDevice(), idOf(2))).toBeUndefined();
});

it('asks DynamoDB once to find a refresh', async () => {
  const key = newDevice();
  for (const rev of [1, 2, 3]) await archiveAt(nowMs).put(key, rev, [ended(rev)]);
  let queries = 0;
  const table = local.open(async ({ send }) => {
    queries += 1;
    await send();
  });
  const archive = createRefreshArchive(table, { now: () => nowMs });
  expect(await archive.find(key, idOf(1))).toEqual(ended(1));
  expect(queries).toBe(1);
});

it('finds what stands in two batches, put before and after a lost swap', async () => {
  const key = newDevice();
  await archiveAt(nowMs).put(key, 9, [ended(1), ended(2)]);
  await archiveAt(nowMs).put(key, 10, [ended(1), ended(2), ended(3)]);
  for (const rev of [1, 2, 3]) expect(await archiveAt(nowMs).find(key, idOf(rev))).toEqual(ended(rev));
});

it('hides each refresh 24 hours after its own end, and lets the batch go with its last', async () => {
  const key = newDevice();
  const table = local.open();
  await archiveAt(nowMs).put(key, 3, [ended(1, nowMs), ended(2, nowMs + 60_001)]);
  const later = archiveAt(nowMs + resultRetentionMs);
  expect(await later.find(key, idOf(1))).toBeUndefined();
  expect(await later.find(key, idOf(2))).toEqual(ended(2, nowMs + 60_001));
  const [item] = await itemsOf(table, key);
  expect(item?.fence?.N).toBe('3');
  expect(Number(item?.expiresAtEpochS?.N)).toBe(Date.UTC(2027, 1, 1, 0, 1, 1) / 1000);
});

it('gives any refresh back as it was put', async () => {
  await fc.assert(
    fc.asyncProperty(anyEnded, async (refresh) => {
      const key = newDevice();
      const stored = { ...refresh, id: idOf(1) };
      const archive = archiveAt(stored.endedAtMs);
      await archive.put(key, 1, [stored]);
      expect(await archive.find(key, idOf(1))).toEqual(stored);
    }),
    { numRuns: 30 },
  );
});
