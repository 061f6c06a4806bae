import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import type { RecordStore } from '../../lib/device/ports.ts';
import type { DeviceRecord, EndedRefresh, OpenRefresh } from '../../lib/device/record.ts';
import { createTable, type LocalDynamoDb, startDynamoDb } from './dynamodb.ts';
import { localAws } from './local-aws.ts';
import { endStaleLeases } from './stale-leases.ts';

const name = 'contacts';
let dynamoDb: LocalDynamoDb;
let client: DynamoDBClient;
let records: RecordStore;

beforeEach(async () => {
  dynamoDb = await startDynamoDb();
  client = createDynamoDbClient({ ...localAws, endpoint: dynamoDb.url });
  await createTable(client, name);
  records = createRecordStore({ client, name }, randomUUID);
});
afterEach(async () => {
  client.destroy();
  await dynamoDb.close();
});

const base = { id: '0000001-0123456789abcdef', trigger: 'api', createdAtMs: 1_000, attempt: 1 } as const;
const open = { ...base, deadlineAtMs: 9_000_000, step: 3, retries: 1 };
const running: OpenRefresh = {
  ...open,
  status: 'running',
  notBeforeMs: 2_000,
  sentAtMs: 2_000,
  lease: { owner: 'gone', untilMs: 8_000_000 },
};
const queued: OpenRefresh = { ...open, status: 'queued', notBeforeMs: 8_000_000, sentAtMs: 2_000 };
const ended: EndedRefresh = { ...base, status: 'failed', endedAtMs: 5_000, error: 'upstream-error' };

const recordOf = (refresh: DeviceRecord['refresh']): DeviceRecord => ({
  rev: 1,

  superseded: {},
  ...(refresh && { refresh }),
});

it('ends the lease of a refresh that was running, and lets its message be sent again at once', async () => {
  await records.compareAndSet('device', recordOf(running));
  expect(await endStaleLeases(client, name, records)).toBe(1);
  expect((await records.load('device'))?.refresh).toEqual({
    ...running,
    notBeforeMs: 0,
    sentAtMs: 0,
    lease: { owner: 'gone', untilMs: 0 },
  });
});

it('lets the message of one that was waiting be sent at once', async () => {
  await records.compareAndSet('device', recordOf(queued));
  expect(await endStaleLeases(client, name, records)).toBe(1);
  expect((await records.load('device'))?.refresh).toEqual({ ...queued, notBeforeMs: 0, sentAtMs: 0 });
});

it('leaves what has ended, and devices without a refresh, as they are', async () => {
  await records.compareAndSet('ended', recordOf(ended));
  await records.compareAndSet('never', recordOf(undefined));
  expect(await endStaleLeases(client, name, records)).toBe(0);
  expect(await records.load('ended')).toEqual(recordOf(ended));
  expect(await records.load('never')).toEqual(recordOf(undefined));
});
