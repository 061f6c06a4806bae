import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import {
  createDynamoDbClient,
  type Item,
  partitionOf,
  queryItems,
  type Table,
} from '../../lib/aws/dynamodb/table.ts';
import type { ServiceLocation } from '../../lib/aws/sdk-options.ts';
import { createTable, type LocalDynamoDb, startDynamoDb } from '../../mocks/local-stack/dynamodb.ts';

/** A table of its own for the tests of one file, with the client that a test may wrap. */
export interface LocalTable {
  /** The table through a client of its own; `watch` sees every call and may fail it. */
  open(watch?: Watch): Table;
  /** Where DynamoDB answers. */
  readonly url: string;
}

/** A call of the SDK as it goes out: `send` sends it. Runs inside the SDK's retries, once an attempt. */
export type Watch = (call: { readonly operation: string; send(): Promise<unknown> }) => Promise<void>;

/** Starts DynamoDB for the file's tests, in this process, and ends it after them. */
export function useLocalTable(): LocalTable {
  let dynamoDb: LocalDynamoDb | undefined;
  const opened: Table[] = [];
  const name = `test-${randomUUID()}`;
  const open = (watch?: Watch): Table => {
    const client = createDynamoDbClient(localLocation(dynamoDb?.url ?? ''));
    if (watch) addWatch(client, watch);
    const table = { client, name };
    opened.push(table);
    return table;
  };
  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
    await createTable(open().client, name);
  });
  afterAll(async () => {
    for (const { client } of opened) client.destroy();
    await dynamoDb?.close();
  });
  return {
    open,
    get url() {
      return dynamoDb?.url ?? '';
    },
  };
}

/** Everything that is kept for the device, in the order of `sk`. */
export function itemsOf(table: Table, deviceKey: string): Promise<readonly Item[]> {
  const values = { ':pk': { S: partitionOf(deviceKey) } };
  return collected(
    queryItems(table, { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values }),
  );
}

export async function collected<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const element of source) all.push(element);
  return all;
}

/** The emulators ask for credentials and look at none of them. */
export function localLocation(endpoint: string): ServiceLocation {
  return {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}

function addWatch(client: Table['client'], watch: Watch): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      let result: Awaited<ReturnType<typeof next>> | undefined;
      const send = async () => {
        result = await next(args);
        return result.output;
      };
      await watch({ operation: String(context.commandName).replace(/Command$/, ''), send });
      return result ?? next(args);
    },
    { step: 'deserialize', priority: 'high' },
  );
}
