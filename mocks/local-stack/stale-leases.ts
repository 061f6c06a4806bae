import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { recordSk } from '../../lib/aws/dynamodb/record-store.ts';
import { partitionOf } from '../../lib/aws/dynamodb/table.ts';
import type { RecordStore } from '../../lib/device/ports.ts';
import type { DeviceRecord, OpenRefresh } from '../../lib/device/record.ts';

/**
 * Ends the leases that workers of an earlier run left behind, and marks the messages as lost: the workers went with
 * that run, and so did its queue, which is kept in memory. The next start of such a refresh sends its message at once.
 * Returns the number of refreshes that were under way. Only here, on one machine's own table, is a table scanned.
 */
export async function endStaleLeases(
  client: DynamoDBClient,
  tableName: string,
  records: RecordStore,
): Promise<number> {
  let found = 0;
  for await (const deviceKey of deviceKeys(client, tableName)) {
    const record = await records.load(deviceKey);
    if (record?.refresh?.status !== 'queued' && record?.refresh?.status !== 'running') continue;
    await records.compareAndSet(deviceKey, abandonedByAll(record, record.refresh));
    found += 1;
  }
  return found;
}

function abandonedByAll(record: DeviceRecord, refresh: OpenRefresh): DeviceRecord {
  const { lease } = refresh;
  return {
    ...record,
    rev: record.rev + 1,
    refresh: {
      ...refresh,
      sentAtMs: 0,
      notBeforeMs: 0,
      ...(lease && { lease: { ...lease, untilMs: 0 } }),
    },
  };
}

async function* deviceKeys(client: DynamoDBClient, tableName: string): AsyncGenerator<string> {
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      FilterExpression: 'sk = :sk',
      ExpressionAttributeValues: { ':sk': { S: recordSk } },
      ProjectionExpression: 'pk',
    },
  );
  for await (const { Items: items = [] } of pages) {
    for (const { pk } of items) yield (pk?.S ?? '').slice(partitionOf('').length);
  }
}
