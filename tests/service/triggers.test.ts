import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import type { RecordStore } from '../../lib/device/ports.ts';
import { location, type Service, startService, tableName } from './service.ts';

const token = 'token-of-triggers';
let service: Service;
beforeAll(async () => {
  service = await startService({ env: { CHANGE_DEBOUNCE_S: '0' } });
});
afterAll(() => service.close());

const call = (method: string, path: string, body?: object) =>
  fetch(`${service.url}/v1/devices/${path}`, {
    method,
    headers: { 'X-GEWE-TOKEN': token },
    ...(body && { body: JSON.stringify(body) }),
  });

/** Subscribes a device; its subscription's id. */
async function subscribed(appId: string, terms: object): Promise<string> {
  const { id }: { id: string } = Object(await (await call('PUT', `${appId}/subscription`, terms)).json());
  return id;
}

async function put(detail: object): Promise<void> {
  const client = new EventBridgeClient({ ...location, endpoint: service.bus.url });
  const entry = { EventBusName: service.bus.name, Source: 'test', DetailType: 'Contacts Refresh Requested' };
  await client.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }));
  client.destroy();
}

const listOf = async (appId: string) => (await call('GET', `${appId}/contacts`)).status;
const soon = { timeout: 10_000, interval: 50 };

it('an event with the id of a subscription refreshes its device, and the bus is told of the change', async () => {
  const id = await subscribed('wx_asked', {});
  await put({ subscriptionId: id });
  await vi.waitFor(async () => expect(await listOf('wx_asked')).toBe(200), soon);
  await vi.waitFor(() => {
    const changed = service.bus.events.filter((event) => event['detail-type'] === 'Contacts Changed');
    expect(changed).toMatchObject([{ source: 'gewe-contacts', detail: { subscriptionId: id } }]);
  }, soon);
});

it('an event that cannot be understood, or names no subscription, is dropped and does not come again', async () => {
  const before = service.messages.length;
  await put({ subscription: 'id' });
  await put({ subscriptionId: `${'A'.repeat(43)}.00000000` });
  await service.tick();
  expect(service.crashes).toEqual([]);
  expect(service.messages).toHaveLength(before);
});

it('the schedule starts a device that is due, and leaves one alone that is not', async () => {
  for (const appId of ['wx_due', 'wx_later']) await subscribed(appId, { refreshEverySeconds: 3600 });
  await makeDue('wx_due');
  await service.tick();
  expect((await recordOf('wx_due'))?.refresh).toMatchObject({ trigger: 'schedule' });
  expect((await recordOf('wx_later'))?.refresh).toBeUndefined();
  expect(service.crashes).toEqual([]);
});

it('many devices that are due are refreshed, by runs that the schedule wakes', async () => {
  const appIds = Array.from({ length: 23 }, (_, index) => `wx_due_${index}`);
  // With a period below 24 minutes they do not wait for others.
  for (const appId of appIds) await subscribed(appId, { refreshEverySeconds: 600 });
  for (const appId of appIds) await makeDue(appId);
  await service.tick();
  await vi.waitFor(async () => {
    const lists = await Promise.all(appIds.map(listOf));
    expect(lists).toEqual(appIds.map(() => 200));
    // Its events are published, too: the worker is done with it.
    const records = await Promise.all(appIds.map(recordOf));
    expect(records.filter((record) => record?.pending !== undefined)).toEqual([]);
  }, soon);
  expect(service.crashes).toEqual([]);
});

async function withRecords<T>(use: (records: RecordStore) => Promise<T>): Promise<T> {
  const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
  const answer = await use(createRecordStore({ client, name: tableName }, randomUUID));
  client.destroy();
  return answer;
}

const recordOf = (appId: string) => withRecords((records) => records.load(deviceKeyOf(token, appId)));

/** As if its time had come. */
async function makeDue(appId: string): Promise<void> {
  const record = await recordOf(appId);
  if (record?.subscription === undefined) throw new Error(`${appId} has no subscription`);
  const subscription = { ...record.subscription, dueAtMs: Date.now() - 60_000 };
  await withRecords((records) =>
    records.compareAndSet(deviceKeyOf(token, appId), { ...record, rev: record.rev + 1, subscription }),
  );
}
