import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { localLocation } from '../../tests/support/local-table.ts';
import { createTable, startDynamoDb } from './dynamodb.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dynamodb-'));
});
afterEach(() => {
  rmSync(path, { recursive: true });
});

it('keeps what was stored across restarts, on the same path', async () => {
  const record = { rev: 1, superseded: {} };
  for (const isStored of [false, true]) {
    const dynamoDb = await startDynamoDb({ path });
    const client = createDynamoDbClient(localLocation(dynamoDb.url));
    await createTable(client, 'contacts');
    const records = createRecordStore({ client, name: 'contacts' }, () => 'nonce');
    expect(await records.load('device')).toEqual(isStored ? record : undefined);
    if (!isStored) await records.compareAndSet('device', record);
    // The client still holds a connection: closing does not wait for it.
    await dynamoDb.close();
    client.destroy();
  }
});

it('makes the table as serverless.yml describes it', async () => {
  const dynamoDb = await startDynamoDb();
  const client = createDynamoDbClient(localLocation(dynamoDb.url));
  await createTable(client, 'contacts');
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'contacts' }));
  expect(table?.KeySchema).toEqual([
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
  expect(table?.TableStatus).toBe('ACTIVE');
  client.destroy();
  await dynamoDb.close();
});

it('can be used as soon as its table is made', async () => {
  const dynamoDb = await startDynamoDb({ path });
  const client = createDynamoDbClient(localLocation(dynamoDb.url));
  for (const name of Array.from({ length: 30 }, (_, number) => `contacts-${number}`)) {
    await createTable(client, name);
    await createRecordStore({ client, name }, () => 'nonce').load('device');
  }
  client.destroy();
  await dynamoDb.close();
});

it('cannot be started on a port that is taken', async () => {
  const dynamoDb = await startDynamoDb();
  const port = Number(new URL(dynamoDb.url).port);
  await expect(startDynamoDb({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await dynamoDb.close();
});
