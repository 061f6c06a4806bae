import { once } from 'node:events';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Invocation } from './functions.ts';
import { startPoller } from './poller.ts';
import { type LocalSqs, startSqs } from './sqs.ts';

let sqs: LocalSqs;
let client: SQSClient;
let queueUrl: string;
let stop: (() => Promise<void>) | undefined;

beforeEach(async () => {
  sqs = await startSqs({ queues: [{ name: 'refresh', visibilityTimeoutS: 1 }] });
  queueUrl = sqs.queueUrl('refresh');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SQSClient({ region: 'us-east-1', endpoint: sqs.url, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
  client.destroy();
  await sqs.close();
});

const served: Invocation = { kind: 'answered', payload: null };

/** Polls with an `invoke` that answers from the list, the last one again and again; `calls` waits for so many. */
function poll(answers: readonly (Invocation | ((record: SQSRecord) => Invocation | Promise<Invocation>))[]) {
  const records: SQSRecord[] = [];
  const seen = new EventTarget();
  const invoke = async ({ Records: [record] }: SQSEvent) => {
    if (record === undefined) throw new Error('an event without a record');
    const answer = answers[Math.min(records.length, answers.length - 1)] ?? served;
    records.push(record);
    seen.dispatchEvent(new Event('call'));
    return typeof answer === 'function' ? answer(record) : answer;
  };
  const log = () => {};
  const poller = startPoller({
    client,
    queueUrl,
    queueName: 'refresh',
    served: { key: 'worker', name: 'stack-worker', allowsLoops: false },
    concurrency: 2,
    batchSize: 1,
    invoke,
    log,
    waitS: 0,
  });
  stop = poller.stop;
  const calls = async (count: number) => {
    while (records.length < count) await once(seen, 'call');
    return records;
  };
  return { calls };
}

const send = (body: string) => client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));

/** Messages that are there, seen by others or not. */
async function messagesLeft(): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await client.send(command);
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

it('invokes with an event like the real one and deletes what was served', async () => {
  await send('hello');
  const { calls } = poll([served]);
  const [record] = await calls(1);
  expect(record).toMatchObject({
    body: 'hello',
    eventSource: 'aws:sqs',
    attributes: { ApproximateReceiveCount: '1' },
  });
  expect(record?.messageId).not.toBe('');
  expect(record?.receiptHandle).not.toBe('');
  await stop?.();
  expect(await messagesLeft()).toBe(0);
});

it('leaves a message whose function failed, to be received again', async () => {
  await send('hello');
  const { calls } = poll([{ kind: 'crashed', reason: 'boom' }, served]);
  const [, again] = await calls(2);
  expect(again?.attributes.ApproximateReceiveCount).toBe('2');
});

it('leaves a message that its function reports as failed', async () => {
  await send('hello');
  const { calls } = poll([
    ({ messageId }) => ({
      kind: 'answered',
      payload: { batchItemFailures: [{ itemIdentifier: messageId }] },
    }),
    served,
  ]);
  expect(await calls(2)).toHaveLength(2);
});

it('deletes a message when the reported failures are none', async () => {
  await send('hello');
  const { calls } = poll([{ kind: 'answered', payload: { batchItemFailures: [] } }]);
  await calls(1);
  await stop?.();
  expect(await messagesLeft()).toBe(0);
});

it('serves as many messages at a time as it may, and no more', async () => {
  await Promise.all(['a', 'b', 'c'].map(send));
  const release: (() => void)[] = [];
  const held = () => new Promise<Invocation>((resolve) => release.push(() => resolve(served)));
  const { calls } = poll([held]);
  expect(await calls(2)).toHaveLength(2);
  expect(await messagesLeft()).toBe(3);
  for (const end of release.splice(0)) end();
  expect(await calls(3)).toHaveLength(3);
  for (const end of release) end();
});

it('goes on when the queue cannot be asked', async () => {
  await client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
  poll([served]);
  await expect(stop?.()).resolves.toBeUndefined();
});
