import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { countedMs } from '../../callbacks/forward-rules.ts';
import type { WaitingCounts } from '../../callbacks/ports.ts';
import { available, expiringAt, numberOf, queryItems, type Table, ttlAttribute } from './table.ts';

/**
 * How many callbacks wait: an item for each token and ten minutes, `waiting` (N), which expires when nothing waits any more that is
 * counted in it. A write is one write unit; a read of a day is two read units.
 */
export function createWaitingCounts(table: Table): WaitingCounts {
  return {
    async add(callbackKey, bucketMs, change) {
      const { [ttlAttribute]: expires = numberOf(0) } = expiringAt(bucketMs + countedMs);
      const command = new UpdateItemCommand({
        TableName: table.name,
        Key: { pk: { S: partitionOf(callbackKey) }, sk: { S: nameOf(bucketMs) } },
        UpdateExpression: `ADD waiting :change SET ${ttlAttribute} = :expires`,
        ExpressionAttributeValues: { ':change': numberOf(change), ':expires': expires },
        ReturnValues: 'UPDATED_NEW',
      });
      const { Attributes: after } = await available('UpdateItem', table.client.send(command));
      return Number(after?.waiting?.N ?? 0);
    },

    async load(callbackKey, fromMs) {
      const counts: (readonly [number, number])[] = [];
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :pk AND sk >= :from',
        ExpressionAttributeValues: {
          ':pk': { S: partitionOf(callbackKey) },
          ':from': { S: nameOf(fromMs) },
        },
      });
      for await (const { sk, waiting } of items) counts.push([Date.parse(sk?.S ?? ''), Number(waiting?.N)]);
      return counts;
    },
  };
}

function partitionOf(callbackKey: string): string {
  return `W#${callbackKey}`;
}

function nameOf(bucketMs: number): string {
  return new Date(bucketMs).toISOString();
}
