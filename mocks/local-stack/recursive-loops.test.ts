import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSqsClient, sendJson } from '../../lib/aws/sqs/queue.ts';
import { invokerOf } from './functions.ts';
import { localAws } from './local-aws.ts';
import { startPoller } from './poller.ts';
import type { FunctionConfig } from './serverless-config.ts';
import { type LocalSqs, startSqs } from './sqs.ts';
import { invocationsIn, nextTrace, traceOfEvent, withTrace } from './trace.ts';

const queues = [
  { name: 'work', visibilityTimeoutS: 30, maxReceiveCount: 10, deadLetterName: 'work-dead' },
  { name: 'work-dead', visibilityTimeoutS: 30 },
];
const worker: FunctionConfig = {
  key: 'worker',
  name: 'stack-worker',
  timeoutS: 10,
  routes: [],
  queues: [],
  schedules: [],
  rules: [],
  maxRetries: 0,
  allowsLoops: false,
};

let sqs: LocalSqs;
let client: SQSClient;
let stop: (() => Promise<void>) | undefined;

beforeEach(async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'stack-worker');
  sqs = await startSqs({ queues });
  client = createSqsClient({ ...localAws, endpoint: sqs.url });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stop?.();
  stop = undefined;
  client.destroy();
  await sqs.close();
});

const send = (body: string) => sendJson(client, sqs.queueUrl('work'), { body }, 0);

/**
 * A worker that sends each message on to itself, until it was invoked with it so many times. Resolves when every chain has ended:
 * how often each came, what became a dead letter, and what the poller said.
 */
async function runChains(
  names: readonly string[],
  { allowsLoops = false, until = Number.POSITIVE_INFINITY, batchSize = 1 } = {},
) {
  const came = new Map(names.map((name) => [name, 0]));
  const dead: string[] = [];
  const log: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let open = names.length;
  const end = () => {
    open -= 1;
    if (open === 0) resolve();
  };
  const invoke = invokerOf(
    new Map([
      [
        'worker',
        async (event: object) => {
          const { Records: records = [] }: Partial<SQSEvent> = event;
          for (const { body } of records) {
            const { body: name } = JSON.parse(body);
            const times = (came.get(name) ?? 0) + 1;
            came.set(name, times);
            if (times < until) await send(name);
            else end();
          }
          return null;
        },
      ],
    ]),
  );
  const served = { ...worker, allowsLoops };
  const onLog = (line: string) => {
    log.push(line);
    end();
  };
  const { stop: stopPoller } = startPoller({
    client,
    queueUrl: sqs.queueUrl('work'),
    queueName: 'work',
    served,
    concurrency: 2,
    batchSize,
    invoke: (event) => invoke(served, event),
    log: onLog,
    waitS: 0,
  });
  stop = stopPoller;
  for (const name of names) await send(name);
  await ended;
  await stop();
  const receive = new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl('work-dead'), MaxNumberOfMessages: 10 });
  const { Messages: messages = [] } = await client.send(receive);
  for (const { Body: body = '' } of messages) dead.push(JSON.parse(body).body);
  return { came: Object.fromEntries(came), dead: dead.toSorted(), log };
}

describe('a chain of messages that comes back to its function', () => {
  it('is stopped after 16 invocations, and its message is a dead letter', async () => {
    const { came, dead, log } = await runChains(['a']);
    expect(came).toEqual({ a: 16 });
    expect(dead).toEqual(['a']);
    expect(log).toEqual([
      'work: stopped a chain of messages that came to worker 16 times, as Lambda does unless the function has recursiveLoop: Allow',
    ]);
  });

  it('goes on where the function allows loops', async () => {
    const { came, dead, log } = await runChains(['a'], { allowsLoops: true, until: 40 });
    expect(came).toEqual({ a: 40 });
    expect([dead, log]).toEqual([[], []]);
  });

  it('is counted for itself, though others are worked on at the same time', async () => {
    const { came, dead } = await runChains(['a', 'b', 'c']);
    expect(came).toEqual({ a: 16, b: 16, c: 16 });
    expect(dead).toEqual(['a', 'b', 'c']);
  });
});

describe('a run with several messages', () => {
  it('goes on from the one whose chain has come to its function most often', async () => {
    const { came, dead } = await runChains(['a', 'b', 'c'], { batchSize: 3 });
    for (const times of Object.values(came)) expect(times).toBeLessThanOrEqual(16);
    expect(dead).toEqual(['a', 'b', 'c']);
    const [one, two] = [nextTrace(undefined, 'one'), nextTrace(undefined, 'two')];
    const batch = [undefined, two, one, nextTrace(two, 'one')].map((AWSTraceHeader) => ({
      attributes: { ...(AWSTraceHeader && { AWSTraceHeader }) },
    }));
    expect(traceOfEvent({ Records: batch }, 'two')).toBe(two);
    expect(traceOfEvent({ Records: batch }, 'one')).toBe(one);
    expect(traceOfEvent({ Records: batch.slice(0, 1) }, 'one')).toBeUndefined();
    expect(traceOfEvent({ requestContext: {} }, 'one')).toBeUndefined();
  });
});

describe('a trace header', () => {
  it('counts each function for itself, in one trace', () => {
    let header = nextTrace(undefined, 'one');
    for (let round = 0; round < 3; round += 1) header = nextTrace(nextTrace(header, 'two'), 'one');
    expect(invocationsIn(header, 'one')).toBe(4);
    expect(invocationsIn(header, 'two')).toBe(3);
    expect(invocationsIn(header, 'three')).toBe(0);
    expect(header).toMatch(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:4\|[0-9a-f]{8}:3$/,
    );
  });

  it('is begun by nobody where a caller outside sends, and by the invocation where a function does', async () => {
    const header = nextTrace(undefined, 'one');
    await send('from outside');
    await withTrace(header, () => send('from a function'));
    const receive = () =>
      client.send(
        new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl('work'), MessageSystemAttributeNames: ['All'] }),
      );
    // What a function receives by itself is not what it is sent with.
    const received = await withTrace(nextTrace(undefined, 'other'), async () => [
      await receive(),
      await receive(),
    ]);
    const headers = received.flatMap(({ Messages: [message] = [] }) => [
      [message?.Attributes?.AWSTraceHeader, message?.MessageAttributes],
    ]);
    expect(headers).toEqual([
      [undefined, undefined],
      [header, {}],
    ]);
  });

  it('does not count for the size of a message', async () => {
    const MessageBody = 'x'.repeat(1024 * 1024);
    await withTrace(nextTrace(undefined, 'one'), () =>
      client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('work'), MessageBody })),
    );
  });

  it('outlives the process that keeps the queue', async () => {
    const path = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
    const header = nextTrace(undefined, 'one');
    const first = await startSqs({ queues, path });
    const sender = createSqsClient({ ...localAws, endpoint: first.url });
    await withTrace(header, () => sendJson(sender, first.queueUrl('work'), {}, 0));
    sender.destroy();
    await first.close();
    const second = await startSqs({ queues, path });
    const receiver = createSqsClient({ ...localAws, endpoint: second.url });
    const { Messages: [message] = [] } = await receiver.send(
      new ReceiveMessageCommand({
        QueueUrl: second.queueUrl('work'),
        MessageSystemAttributeNames: ['AWSTraceHeader'],
      }),
    );
    receiver.destroy();
    await second.close();
    rmSync(path, { recursive: true });
    expect(message?.Attributes?.AWSTraceHeader).toBe(header);
  });
});
