import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Item, Table } from '../../lib/aws/dynamodb/table.ts';
import { useLocalTable } from './local-table.ts';
import { createMemoryTable } from './memory-dynamodb.ts';

const local = useLocalTable();

/** An operation, and what it is done to. */
type Deed = (table: Table, prefix: string) => Promise<unknown>;

const sks = ['DEVICE', 'SUBSCRIPTION'];
const keyOf = (prefix: string, device: number, sk: number) => ({
  pk: { S: `D#${prefix}-${device}` },
  sk: { S: sks[sk] ?? '' },
});

const conditions: readonly Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>[] =
  [
    {},
    { ConditionExpression: 'attribute_not_exists(pk)' },
    ...[1, 2].map((rev) => ({
      ConditionExpression: 'rev = :value',
      ExpressionAttributeValues: { ':value': { N: String(rev) } },
    })),
    { ConditionExpression: 'suffix = :value', ExpressionAttributeValues: { ':value': { S: 'one' } } },
    ...[1, 2].map((fence) => ({
      ConditionExpression: 'attribute_not_exists(pk) OR fence <= :fence',
      ExpressionAttributeValues: { ':fence': { N: String(fence) } },
    })),
  ];

const device = fc.nat({ max: 3 });
const sk = fc.nat({ max: 1 });
const condition = fc.constantFrom(...conditions);
/** Devices become due at times of their own: what comes first of two at the same time, DynamoDB does not promise. */
const attributes = fc
  .record({
    rev: fc.integer({ min: 1, max: 3 }),
    suffix: fc.constantFrom('one', 'two'),
    fence: fc.integer({ min: 1, max: 3 }),
    due: fc.option(fc.record({ shard: fc.nat({ max: 1 }), atS: fc.nat({ max: 9 }) })),
    bytes: fc.option(fc.uint8Array({ maxLength: 4, minLength: 1 })),
  })
  .map(({ rev, suffix, fence, due, bytes }) => ({
    due,
    item: {
      rev: { N: String(rev) },
      suffix: { S: suffix },
      fence: { N: String(fence) },
      nested: { M: { list: { L: [{ N: String(rev) }, { BOOL: true }] } } },
      ...(bytes && { bytes: { B: bytes } }),
    },
  }));

function itemOf(
  prefix: string,
  on: readonly [number, number],
  made: { due: { shard: number; atS: number } | null; item: Item },
): Item {
  const [device, sk] = on;
  const dueAtS = made.due && made.due.atS * 10 + device * 2 + sk;
  return {
    ...keyOf(prefix, device, sk),
    ...made.item,
    ...(made.due && { dueShard: { S: `${prefix}#${made.due.shard}` }, dueAtEpochS: { N: String(dueAtS) } }),
  };
}

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ device, sk, condition, attributes }).map(
    ({ device, sk, condition, attributes }): Deed =>
      ({ client, name: TableName }, prefix) =>
        client.send(
          new PutItemCommand({ TableName, Item: itemOf(prefix, [device, sk], attributes), ...condition }),
        ),
  ),
  fc.record({ device, sk, condition }).map(
    ({ device, sk, condition }): Deed =>
      ({ client, name: TableName }, prefix) =>
        client.send(new DeleteItemCommand({ TableName, Key: keyOf(prefix, device, sk), ...condition })),
  ),
  fc.record({ device, sk }).map(
    ({ device, sk }): Deed =>
      ({ client, name: TableName }, prefix) =>
        client.send(new GetItemCommand({ TableName, Key: keyOf(prefix, device, sk), ConsistentRead: true })),
  ),
  fc.uniqueArray(fc.tuple(device, sk), { minLength: 1, selector: String }).map(
    (keys): Deed =>
      async ({ client, name }, prefix) => {
        const Keys = keys.map(([device, sk]) => keyOf(prefix, device, sk));
        const { Responses: found = {} } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [name]: { Keys } } }),
        );
        // In no order.
        return (found[name] ?? []).map((item) => JSON.stringify(sorted(item))).toSorted();
      },
  ),
  fc
    .uniqueArray(fc.tuple(device, sk, attributes), {
      minLength: 1,
      selector: ([device, sk]) => `${device} ${sk}`,
    })
    .map(
      (puts): Deed =>
        ({ client, name }, prefix) => {
          const requests = puts.map(([device, sk, made]) => ({
            PutRequest: { Item: itemOf(prefix, [device, sk], made) },
          }));
          return client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
        },
    ),
  fc.record({ shard: fc.nat({ max: 1 }), nowS: fc.nat({ max: 120 }), Limit: fc.constantFrom(1, 2, 100) }).map(
    ({ shard, nowS, Limit }): Deed =>
      async ({ client, name: TableName }, prefix) => {
        const query = {
          TableName,
          Limit,
          IndexName: 'ByDueAt',
          KeyConditionExpression: 'dueShard = :shard AND dueAtEpochS <= :now',
          ExpressionAttributeValues: { ':shard': { S: `${prefix}#${shard}` }, ':now': { N: String(nowS) } },
        };
        const pages: unknown[] = [];
        for (let start: Item | undefined, isMore = true; isMore; isMore = start !== undefined) {
          const { Items, LastEvaluatedKey } = await client.send(
            new QueryCommand({ ...query, ...(start && { ExclusiveStartKey: start }) }),
          );
          pages.push(Items);
          start = LastEvaluatedKey;
        }
        return pages;
      },
  ),
);

/** The same in any order of its attributes. */
function sorted(item: Item): Item {
  return Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** What a caller sees of it. */
async function seen(deed: Promise<unknown>): Promise<unknown> {
  try {
    const { $metadata: _of, ...answer } = Object(await deed);
    return answer;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

let life = 0;

it('answers as dynalite does, whatever is done to it in whatever order', async () => {
  const memory = createMemoryTable().open();
  const real = local.open();
  await fc.assert(
    fc.asyncProperty(fc.array(deeds, { maxLength: 30, size: 'max' }), async (lived) => {
      life += 1;
      for (const [index, deed] of lived.entries()) {
        const prefix = `life-${life}`;
        expect(await seen(deed(memory, prefix)), `deed ${index}`).toEqual(await seen(deed(real, prefix)));
      }
    }),
    { numRuns: 25 },
  );
});

it('counts requests, and refuses what it does not know', async () => {
  const table = createMemoryTable();
  const { client, name: TableName } = table.open();
  const Key = keyOf('d', 1, 0);
  await client.send(new GetItemCommand({ TableName, Key }));
  expect(table.requests).toEqual(new Map([['GetItem', 1]]));
  const unknown = { TableName, Item: Key, ConditionExpression: 'size(rev) < :value' };
  await expect(client.send(new PutItemCommand(unknown))).rejects.toThrow('not known');
  const wrong = { TableName, KeyConditionExpression: 'pk = :pk' };
  await expect(client.send(new QueryCommand(wrong))).rejects.toThrow('not known');
});
