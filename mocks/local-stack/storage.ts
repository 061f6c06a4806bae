import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { lockData } from './data-lock.ts';
import { createTable, startDynamoDb } from './dynamodb.ts';
import { localAws } from './local-aws.ts';
import { endStaleLeases } from './stale-leases.ts';
import { addMissingIndexes } from './table-upgrade.ts';

export interface Storage {
  readonly url: string;
  /** Refreshes that an earlier run left unfinished. */
  readonly unfinished: number;
  close(): Promise<void>;
}

/**
 * DynamoDB with the data of earlier runs, for one process at a time, ready to be used: the table is there, and no lease
 * of an earlier run holds a refresh. Throws when another process has the folder.
 */
export async function startStorage(dataDir: string, port: number, tableName: string): Promise<Storage> {
  const lock = await lockData(dataDir);
  const { url, close } = await startDynamoDb({ path: join(dataDir, 'dynamodb'), port });
  const client = createDynamoDbClient({ ...localAws, endpoint: url });
  await createTable(client, tableName);
  await addMissingIndexes(client, tableName);
  const records = createRecordStore({ client, name: tableName }, randomUUID);
  const unfinished = await endStaleLeases(client, tableName, records);
  client.destroy();
  return { url, unfinished, close: () => close().then(lock.release) };
}
