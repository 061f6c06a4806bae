import { expect, it } from 'vitest';
import { useLocalTable } from '../../../tests/support/local-table.ts';
import { getItemAt } from './table.ts';
import { createWaitingCounts } from './waiting-counts.ts';

const local = useLocalTable();
const minuteMs = 60_000;
const atMs = Date.UTC(2026, 10, 2, 3, 10);

it('adds to a number for each token and period, and gives what it is then', async () => {
  const counts = createWaitingCounts(local.open());
  expect(await counts.add('adds', atMs, 3)).toBe(3);
  expect(await counts.add('adds', atMs, -1)).toBe(2);
  expect(await counts.add('adds', atMs + 10 * minuteMs, 5)).toBe(5);
  expect(await counts.add('another', atMs, 1)).toBe(1);
  expect(await counts.load('adds', 0)).toEqual([
    [atMs, 2],
    [atMs + 10 * minuteMs, 5],
  ]);
  expect(await counts.load('adds', atMs + minuteMs)).toEqual([[atMs + 10 * minuteMs, 5]]);
  expect(await counts.load('none', 0)).toEqual([]);
});

it('lets a number expire when nothing waits any more that is counted in it', async () => {
  await createWaitingCounts(local.open()).add('expires', atMs, 1);
  const key = { pk: 'W#expires', sk: '2026-11-02T03:10:00.000Z' };
  const item = await getItemAt(local.open(), key, 'strong');
  expect(item?.expiresAtEpochS).toEqual({ N: String(atMs / 1000 + 26 * 3_600) });
});

it('reads a day that is full of them in one query', async () => {
  const queries: string[] = [];
  const table = local.open(async ({ operation, send }) => {
    if (operation === 'Query') queries.push(operation);
    await send();
  });
  const counts = createWaitingCounts(table);
  for (let period = 0; period < 156; period += 1) await counts.add('day', atMs + period * 10 * minuteMs, 100);
  expect(await counts.load('day', atMs)).toHaveLength(156);
  expect(queries).toHaveLength(1);
});

it('says StoreUnavailable of a table that is not there', async () => {
  const counts = createWaitingCounts({ ...local.open(), name: 'none' });
  await expect(counts.add('key', atMs, 1)).rejects.toMatchObject({ name: 'StoreUnavailable' });
  await expect(counts.load('key', atMs)).rejects.toMatchObject({ name: 'StoreUnavailable' });
});
