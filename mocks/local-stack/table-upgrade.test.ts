import {
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { localLocation } from '../../tests/support/local-table.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb.ts';
import { addMissingIndexes } from './table-upgrade.ts';

let dynamoDb: LocalDynamoDb;
let client: ReturnType<typeof createDynamoDbClient>;
beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  client = createDynamoDbClient(localLocation(dynamoDb.url));
});
afterAll(async () => {
  client.destroy();
  await dynamoDb.close();
});

const name = 'contacts';
const item = {
  pk: { S: 'D#1' },
  sk: { S: 'DEVICE' },
  dueShard: { S: 'DUE#0' },
  dueAtEpochS: { N: '5' },
  bytes: { B: new Uint8Array([1, 255]) },
};
const due = () =>
  client.send(
    new QueryCommand({
      TableName: name,
      IndexName: 'ByDueAt',
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': { S: 'DUE#0' } },
    }),
  );

it('gives a table of an earlier version its indexes, and keeps what is in it', async () => {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await client.send(new DescribeTableCommand({ TableName: name }));
  await client.send(new PutItemCommand({ TableName: name, Item: item }));
  await expect(due()).rejects.toMatchObject({ name: 'ValidationException' });
  for (const _again of [1, 2]) {
    await addMissingIndexes(client, name);
    const { Item: kept } = await client.send(
      new GetItemCommand({ TableName: name, Key: { pk: item.pk, sk: item.sk } }),
    );
    expect(kept).toEqual(item);
    // KEYS_ONLY
    const { bytes: _not, ...keys } = item;
    expect((await due()).Items).toEqual([keys]);
  }
});
