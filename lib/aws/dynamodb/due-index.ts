import type { DueIndex } from '../../device/ports.ts';
import type { EpochMs } from '../../device/record.ts';
import { dueShardOf } from '../../refresh/schedule-rules.ts';
import { deviceOfPartition, type Item, queryItems, type Table } from './table.ts';

/**
 * A sparse index: only records of subscriptions with a period have these attributes. It holds keys alone, and spreads
 * over a few partitions, so that many devices due at once are found without a scan.
 */
const indexName = 'ByDueAt';

/** What puts a device record into the index. */
export function dueAttributes(deviceKey: string, dueAtMs: EpochMs): Item {
  return {
    dueShard: { S: partitionOf(dueShardOf(deviceKey)) },
    dueAtEpochS: { N: String(Math.ceil(dueAtMs / 1000)) },
  };
}

export function createDueIndex(table: Table): DueIndex {
  return {
    async *dueBefore(nowMs, shard) {
      const items = queryItems(table, {
        IndexName: indexName,
        KeyConditionExpression: 'dueShard = :shard AND dueAtEpochS <= :now',
        ExpressionAttributeValues: {
          ':shard': { S: partitionOf(shard) },
          ':now': { N: String(Math.floor(nowMs / 1000)) },
        },
      });
      for await (const { pk } of items) {
        const deviceKey = deviceOfPartition(pk?.S ?? '');
        if (deviceKey !== undefined) yield deviceKey;
      }
    },
  };
}

function partitionOf(shard: number): string {
  return `DUE#${shard}`;
}
