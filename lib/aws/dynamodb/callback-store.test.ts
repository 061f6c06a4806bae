import { describe, expect, it } from 'vitest';
import { useLocalTable } from '../../../tests/support/local-table.ts';
import type { CallbackRecord } from '../../callbacks/ports.ts';
import { createCallbackStore } from './callback-store.ts';
import { putItemAt } from './table.ts';

const local = useLocalTable();
const store = () => createCallbackStore(local.open());

let count = 0;
const newKey = () => `callback-${++count}`;

const plain: CallbackRecord = {
  rev: 1,
  tokenKey: Buffer.alloc(32, 1),
  salt: Buffer.alloc(16, 2),
  idHash: Buffer.alloc(32, 3),
  registered: false,
  createdAtMs: 1_000,
  ownHosts: [],
};
const full: CallbackRecord = {
  ...plain,
  rev: 2,
  forwardTo: 'https://bot.example.com/wechat',
  registered: true,
  lastReceivedAtMs: 50_000,
  ownHosts: ['contacts.example.com', '192.0.2.1:3000'],
};

/** Bytes come back as the SDK has them. */
const read = async (key: string) => {
  const record = await store().load(key);
  return (
    record && {
      ...record,
      tokenKey: Buffer.from(record.tokenKey),
      salt: Buffer.from(record.salt),
      idHash: Buffer.from(record.idHash),
    }
  );
};

it('gives what was put', async () => {
  const key = newKey();
  expect(await read(key)).toBeUndefined();
  expect(await store().compareAndSet(key, undefined, plain)).toBe(true);
  expect(await read(key)).toEqual(plain);
  expect(await store().compareAndSet(key, plain, full)).toBe(true);
  expect(await read(key)).toEqual(full);
});

it('swaps over exactly what was seen: not over another revision, nor a callback that came since', async () => {
  const key = newKey();
  await store().compareAndSet(key, undefined, plain);
  expect(await store().compareAndSet(key, undefined, full)).toBe(false);
  expect(await store().compareAndSet(key, { ...plain, rev: 7 }, full)).toBe(false);
  await store().noteReceived(key, 50_000);
  expect(await store().compareAndSet(key, plain, full)).toBe(false);
  expect(await store().compareAndSet(key, { ...plain, lastReceivedAtMs: 50_000 }, full)).toBe(true);
});

describe('the time of the last callback', () => {
  it('is written once in ten seconds', async () => {
    const key = newKey();
    await store().compareAndSet(key, undefined, plain);
    const times: (number | undefined)[] = [];
    for (const atMs of [50_000, 59_999, 60_000, 55_000, 75_000]) {
      await store().noteReceived(key, atMs);
      times.push((await read(key))?.lastReceivedAtMs);
    }
    expect(times).toEqual([50_000, 50_000, 60_000, 60_000, 75_000]);
  });

  it('brings back nothing that was deleted', async () => {
    const key = newKey();
    await store().noteReceived(key, 50_000);
    expect(await read(key)).toBeUndefined();
  });
});

it('deletes, of one revision where that is said, and is harmless when there is nothing', async () => {
  const key = newKey();
  await store().delete(key);
  await store().compareAndSet(key, undefined, plain);
  await store().delete(key, 2);
  expect(await read(key)).toEqual(plain);
  await store().delete(key, 1);
  expect(await read(key)).toBeUndefined();
  await store().compareAndSet(key, undefined, plain);
  await store().delete(key);
  expect(await read(key)).toBeUndefined();
});

it('says which field is wrong in an item of another form', async () => {
  const key = newKey();
  await putItemAt(local.open(), { pk: `C#${key}`, sk: 'CALLBACK' }, { rev: { N: '1' } });
  await expect(read(key)).rejects.toThrow('stored callback.tokenKey: expected');
});
