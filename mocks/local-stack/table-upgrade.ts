import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { createTable, tableSchema } from './dynamodb.ts';

/**
 * Gives the table the indexes that `serverless.yml` has got since it was made. dynalite cannot add one to a table, so
 * its items go into a new one. Only here, on one machine's own table, is a table scanned.
 */
export async function addMissingIndexes(client: DynamoDBClient, name: string): Promise<void> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const known = new Set(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  const { GlobalSecondaryIndexes: rerun = [] } = tableSchema();
  if (rerun.every(({ IndexName }) => known.has(IndexName))) return;
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  await client.send(new DeleteTableCommand({ TableName: name }));
  await untilGone(client, name);
  await createTable(client, name);
  for (const item of items) await client.send(new PutItemCommand({ TableName: name, Item: item }));
}

/** A table that is being deleted still has its name. */
async function untilGone(client: DynamoDBClient, name: string): Promise<void> {
  for (;;) {
    try {
      await client.send(new DescribeTableCommand({ TableName: name }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return;
      throw error;
    }
    await sleep(50);
  }
}
