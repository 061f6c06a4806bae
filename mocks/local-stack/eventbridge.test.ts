import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Listening } from '../loopback.ts';
import { type BusEvent, maxEntriesBytes, startEventBridge } from './eventbridge.ts';
import { localAws } from './local-aws.ts';

const events: BusEvent[] = [];
const lines: string[] = [];
let bus: Listening;
let client: EventBridgeClient;
beforeAll(async () => {
  bus = await startEventBridge({
    busName: 'contacts',
    onEvent: (event) => events.push(event),
    log: (line) => lines.push(line),
  });
  client = new EventBridgeClient({ ...localAws, endpoint: bus.url, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await bus.close();
});
beforeEach(() => {
  events.length = 0;
  lines.length = 0;
});

const entry = { Source: 'test', DetailType: 'Said', Detail: '{"a":1}', EventBusName: 'contacts' };
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

it('takes an event of the SDK, and hands it on as EventBridge would', async () => {
  const answer = await put({ ...entry, Time: new Date(1_795_000_000_000), Resources: ['arn:x'] });
  expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: events[0]?.id }] });
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Said',
      source: 'test',
      account: '000000000000',
      time: '2026-11-18T11:06:40Z',
      region: 'us-east-1',
      resources: ['arn:x'],
      detail: { a: 1 },
    },
  ]);
});

it.each([
  ['no source', { Source: '' }, 'InvalidArgument'],
  ['a source of AWS itself', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
  ['no type', { DetailType: '' }, 'InvalidArgument'],
  ['no detail', { Detail: '' }, 'InvalidArgument'],
  ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
  ['a detail that is null', { Detail: 'null' }, 'MalformedDetail'],
])('fails an entry with %s, and takes its neighbour', async (_what, wrong, code) => {
  const { FailedEntryCount: failed, Entries: results } = await put({ ...entry, ...wrong }, entry);
  expect(failed).toBe(1);
  expect(results).toMatchObject([{ ErrorCode: code }, { EventId: events[0]?.id }]);
  expect(events).toHaveLength(1);
});

it('refuses a request with no entry, with eleven, or with more than 256 KB', async () => {
  const refused = { name: 'ValidationException' };
  await expect(put()).rejects.toMatchObject(refused);
  await expect(put(...Array.from({ length: 11 }, () => entry))).rejects.toMatchObject(refused);
  const half = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(maxEntriesBytes / 2) }) };
  await expect(put(half, half)).rejects.toMatchObject(refused);
  expect((await put(half)).FailedEntryCount).toBe(0);
  expect(events).toHaveLength(1);
});

it('knows the bus by its ARN too, and says so when an event is for another one', async () => {
  await put({ ...entry, EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/contacts' });
  expect(events).toHaveLength(1);
  const { EventBusName: _none, ...forDefault } = entry;
  expect((await put(forDefault)).FailedEntryCount).toBe(0);
  expect(events).toHaveLength(1);
  expect(lines).toEqual(['an event for the bus "default", which is not there, is dropped']);
});

it('answers what it does not know or cannot read with an error of AWS JSON', async () => {
  const post = (target: string, body: string) =>
    fetch(bus.url, { method: 'POST', headers: { 'X-Amz-Target': target }, body });
  const unknown = await post('AWSEvents.ListRules', '{}');
  expect([unknown.status, await unknown.json()]).toMatchObject([
    400,
    { __type: 'UnknownOperationException' },
  ]);
  const broken = await post('AWSEvents.PutEvents', '{');
  expect([broken.status, await broken.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
  const huge = await post('AWSEvents.PutEvents', 'x'.repeat(3 * 1024 * 1024));
  expect(huge.status).toBe(413);
});
