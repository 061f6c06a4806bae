import type { DueIndex, DueState } from '../../device/ports.ts';
import { duePartitionOf, recordOf, recordSk } from './record-store.ts';
import { sealedSubscriptionOf, subscriptionSk } from './subscription-store.ts';
import {
  deviceOfPartition,
  getItems,
  type Item,
  numberOf,
  partitionOf,
  queryItems,
  type Table,
} from './table.ts';

/**
 * A sparse index: only records of subscriptions with a period have its attributes. It holds keys alone, and spreads
 * over a few partitions, so that many devices due at once are found without a scan.
 */
const indexName = 'ByDueAt';

export function createDueIndex(table: Table): DueIndex {
  return {
    async *dueBefore(nowMs, shard) {
      const items = queryItems(table, {
        IndexName: indexName,
        KeyConditionExpression: 'dueShard = :shard AND dueAtEpochS <= :now',
        ExpressionAttributeValues: {
          ':shard': { S: duePartitionOf(shard) },
          ':now': numberOf(Math.floor(nowMs / 1000)),
        },
      });
      for await (const { pk, dueAtEpochS } of items) {
        const deviceKey = deviceOfPartition(pk?.S ?? '');
        if (deviceKey !== undefined) yield { deviceKey, dueAtMs: Number(dueAtEpochS?.N) * 1000 };
      }
    },

    async load(deviceKeys) {
      const keys = deviceKeys.flatMap((deviceKey) =>
        [recordSk, subscriptionSk].map((sk) => ({ pk: partitionOf(deviceKey), sk })),
      );
      const states = new Map<string, DueState>();
      for (const item of await getItems(table, keys)) {
        const deviceKey = deviceOfPartition(item.pk?.S ?? '');
        if (deviceKey === undefined) continue;
        states.set(deviceKey, { ...states.get(deviceKey), ...stateIn(item) });
      }
      return states;
    },
  };
}

function stateIn(item: Item): DueState {
  if (item.sk?.S === subscriptionSk) {
    const sealed = sealedSubscriptionOf(item);
    return sealed ? { sealed } : {};
  }
  try {
    return { record: recordOf(item) };
  } catch {
    // Whoever loads it by itself finds out what is wrong with it.
    return {};
  }
}
