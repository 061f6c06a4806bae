import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { collected, useLocalTable } from '../../../tests/support/local-table.ts';
import { dueShards } from '../../device/policy.ts';
import type { DeviceRecord } from '../../device/record.ts';
import { dueShardOf } from '../../refresh/schedule-rules.ts';
import { createDueIndex } from './due-index.ts';
import { createRecordStore, recordSk } from './record-store.ts';
import { createSubscriptionStore } from './subscription-store.ts';
import { putItem } from './table.ts';

const local = useLocalTable();
const nowMs = 1_750_000_000_000;

function recordDue(rev: number, dueAtMs?: number): DeviceRecord {
  const subscription = {
    suffix: 'aaaaaaaa',
    createdAtMs: nowMs,
    anchorMs: nowMs,
    onCallbacks: true,
    failures: 0,
    ...(dueAtMs !== undefined && { dueAtMs }),
  };
  return { rev, superseded: {}, subscription };
}

describe('the index of due devices', () => {
  it('finds in each shard the devices whose time has come, earliest first, and no others', async () => {
    const table = local.open();
    const store = createRecordStore(table, randomUUID);
    const keys = Array.from({ length: 24 }, (_, index) => `${String.fromCharCode(65 + index)}-device`);
    for (const [index, key] of keys.entries()) {
      await store.compareAndSet(key, recordDue(1, nowMs + (index < 20 ? -index * 1000 : 5_000)));
    }
    await store.compareAndSet('never-due', recordDue(1));
    const index = createDueIndex(table);
    const found: string[] = [];
    for (let shard = 0; shard < dueShards; shard += 1) {
      const dueInShard = await collected(index.dueBefore(nowMs, shard));
      const inShard = dueInShard.map(({ deviceKey }) => deviceKey);
      expect(dueInShard.map(({ dueAtMs }) => dueAtMs)).toEqual(
        inShard.map((key) => nowMs - keys.indexOf(key) * 1000),
      );
      expect(inShard.every((key) => dueShardOf(key) === shard)).toBe(true);
      const order = inShard.map((key) => keys.indexOf(key));
      expect(order).toEqual(order.toSorted((a, b) => b - a));
      found.push(...inShard);
    }
    expect(found.toSorted()).toEqual(keys.slice(0, 20).toSorted());
  });

  it('forgets a device that is not due any more', async () => {
    const table = local.open();
    const store = createRecordStore(table, randomUUID);
    const due = async () => {
      const found = await collected(createDueIndex(table).dueBefore(nowMs, dueShardOf('x-device')));
      return found.map(({ deviceKey }) => deviceKey);
    };
    await store.compareAndSet('x-device', recordDue(1, nowMs));
    expect(await due()).toContain('x-device');
    await store.compareAndSet('x-device', recordDue(2));
    expect(await due()).not.toContain('x-device');
  });

  it('gives what is stored of many devices in one request, as far as it is there and can be read', async () => {
    const calls: string[] = [];
    const table = local.open(async ({ operation, send }) => {
      calls.push(operation);
      await send();
    });
    const records = createRecordStore(table, randomUUID);
    const subscriptions = createSubscriptionStore(table);
    const sealed = { suffix: 'aaaaaaaa', sealed: 'sealed' };
    const keys = Array.from({ length: 50 }, (_, index) => `loaded-${index}`);
    for (const key of keys.slice(0, 48)) await records.compareAndSet(key, recordDue(1, nowMs));
    for (const key of keys.slice(1, 49)) await subscriptions.put(key, 1, sealed);
    await putItem(table, 'loaded-47', recordSk, { rev: { S: 'spoiled' } });
    calls.length = 0;
    const states = await createDueIndex(table).load(keys);
    expect(calls).toEqual(['BatchGetItem']);
    expect(states.get('loaded-0')).toEqual({ record: recordDue(1, nowMs) });
    for (const key of keys.slice(1, 47))
      expect(states.get(key)).toEqual({ record: recordDue(1, nowMs), sealed });
    expect(states.get('loaded-47')).toEqual({ sealed });
    expect(states.get('loaded-48')).toEqual({ sealed });
    expect(states.get('loaded-49')).toBeUndefined();
    expect(await createDueIndex(table).load([])).toEqual(new Map());
  });
});
