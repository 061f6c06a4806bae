import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useLocalTable, type Watch } from '../../../tests/support/local-table.ts';
import type { DeviceRecord } from '../../device/record.ts';
import { newNonce } from '../../system/random.ts';
import { anyRecord, worstRecord } from './record-samples.test-data.ts';
import { createRecordStore, recordSk } from './record-store.ts';
import { type Item, partitionOf, putItem, type Table } from './table.ts';

const local = useLocalTable();
const records = (watch?: Watch) => createRecordStore(local.open(watch), newNonce);
const emptyOf = (rev: number): DeviceRecord => ({ rev, superseded: {} });

let device = 0;
const newDevice = () => `device-${String(++device).padStart(36, '0')}`;

async function itemOf(table: Table, deviceKey: string): Promise<Item> {
  const Key = { pk: { S: partitionOf(deviceKey) }, sk: { S: recordSk } };
  return (await table.client.send(new GetItemCommand({ TableName: table.name, Key }))).Item ?? {};
}

/** DynamoDB's rule: names and texts in UTF-8, numbers by their digits, 3 bytes a map or list and 1 a member (developer guide, item sizes). */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value),
    0,
  );
}

function sizeOfValue({ S, N, M, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/^-|0+$/g, '').length / 2) + 1;
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOf(M);
  if (L !== undefined) return L.reduce((sum, one) => sum + 1 + sizeOfValue(one), 3);
  return 1;
}

describe('compareAndSet', () => {
  it('stores the first record of a device, and each next one over the one before', async () => {
    const store = records();
    const key = newDevice();
    expect(await store.load(key)).toBeUndefined();
    expect(await store.compareAndSet(key, emptyOf(1))).toBe(true);
    expect(await store.compareAndSet(key, { ...worstRecord, rev: 2 })).toBe(true);
    expect(await store.load(key)).toEqual({ ...worstRecord, rev: 2 });
  });

  it('refuses the second of two that were decided on the same record', async () => {
    const store = records();
    const key = newDevice();
    const first = await Promise.all([1, 2, 3].map(() => store.compareAndSet(key, emptyOf(1))));
    expect(first.filter((won) => won)).toHaveLength(1);
    expect(await store.compareAndSet(key, emptyOf(1))).toBe(false);
    const stored = await Promise.all([1, 2, 3, 4].map(() => store.compareAndSet(key, emptyOf(2))));
    expect(stored.filter((won) => won)).toHaveLength(1);
    expect(await store.compareAndSet(key, emptyOf(4))).toBe(false);
    expect(await store.load(key)).toEqual(emptyOf(2));
  });

  it('refuses a later revision where nothing is stored', async () => {
    const key = newDevice();
    expect(await records().compareAndSet(key, emptyOf(2))).toBe(false);
    expect(await records().load(key)).toBeUndefined();
  });

  it('knows its own write when the answer was lost and the SDK tried again', async () => {
    let lost = 0;
    const losesFirst: Watch = async ({ operation, send }) => {
      await send();
      if (operation === 'PutItem' && lost++ === 0) {
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      }
    };
    const key = newDevice();
    expect(await records(losesFirst).compareAndSet(key, emptyOf(1))).toBe(true);
    expect(lost).toBeGreaterThanOrEqual(1);
    expect(await records().load(key)).toEqual(emptyOf(1));
  });

  it('does not take the write of another for its own', async () => {
    const key = newDevice();
    const other = records();
    await other.compareAndSet(key, emptyOf(1));
    let first = true;
    const overtaken: Watch = async ({ operation, send }) => {
      if (operation === 'PutItem' && first) {
        first = false;
        await other.compareAndSet(key, emptyOf(2));
      }
      await send();
    };
    expect(await records(overtaken).compareAndSet(key, emptyOf(2))).toBe(false);
  });

  it('writes one unit for the worst realistic record, and three for a whole refresh that changes nothing', async () => {
    const key = newDevice();
    const units: number[] = [];
    const table = local.open(async ({ send }) => {
      const output: unknown = await send();
      units.push(unitsOf(output));
    });
    table.client.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } }),
      { step: 'initialize' },
    );
    const store = createRecordStore(table, newNonce);
    await store.compareAndSet(key, emptyOf(1));
    for (const rev of [2, 3, 4]) await store.compareAndSet(key, { ...worstRecord, rev });
    expect(units).toEqual([1, 1, 1, 1]);
    await store.load(key);
    expect(units.at(-1)).toBe(1);
  });

  it('stores the worst realistic record in at most 1024 bytes', async () => {
    const table = local.open();
    const key = 'k'.repeat(43);
    const store = createRecordStore(table, newNonce);
    await putItem(table, key, recordSk, { rev: { N: String(worstRecord.rev - 1) } });
    expect(await store.compareAndSet(key, worstRecord)).toBe(true);
    expect(sizeOf(await itemOf(table, key))).toBeLessThanOrEqual(1024);
  });
});

it('gives every record back as it was stored', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecord, async (record) => {
      const key = newDevice();
      const first = { ...record, rev: 1 };
      expect(await records().compareAndSet(key, first)).toBe(true);
      expect(await records().load(key)).toEqual(first);
    }),
    { numRuns: 100 },
  );
});

describe('a tombstone', () => {
  const erasedAtMs = Date.UTC(2026, 5, 1);

  it('may be deleted two days after the erasure, and is loaded as long as it is there', async () => {
    const table = local.open();
    const store = createRecordStore(table, newNonce);
    const key = newDevice();
    await store.compareAndSet(key, { ...emptyOf(1), erasedAtMs });
    expect((await itemOf(table, key)).expiresAtEpochS?.N).toBe(String(Date.UTC(2026, 5, 3) / 1000));
    expect(await store.load(key)).toEqual({ ...emptyOf(1), erasedAtMs });
  });

  it('no longer expires when it is revived', async () => {
    const table = local.open();
    const store = createRecordStore(table, newNonce);
    const key = newDevice();
    await store.compareAndSet(key, { ...emptyOf(1), erasedAtMs });
    expect(await store.compareAndSet(key, emptyOf(2))).toBe(true);
    expect(await itemOf(table, key)).not.toHaveProperty('expiresAtEpochS');
  });
});

describe('failures', () => {
  it.each(['TimeoutError', 'InternalServerError', 'AccessDeniedException'])(
    'of DynamoDB (%s) are StoreUnavailable with the cause',
    async (name) => {
      const store = records(() => Promise.reject(Object.assign(new Error('no'), { name })));
      const unavailable = { name: 'StoreUnavailable', cause: { name } };
      await expect(store.load('k')).rejects.toMatchObject(unavailable);
      await expect(store.compareAndSet('k', emptyOf(1))).rejects.toMatchObject(unavailable);
    },
  );

  it('to understand what is stored name the field', async () => {
    const table = local.open();
    const key = newDevice();
    await putItem(table, key, recordSk, { rev: { N: '1' }, superseded: { S: 'none' } });
    await expect(createRecordStore(table, newNonce).load(key)).rejects.toThrow(
      'stored record.superseded: expected Object',
    );
  });
});

function unitsOf(output: unknown): number {
  const { ConsumedCapacity: consumed } = Object(output);
  return Number(Object(consumed).CapacityUnits);
}
