import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSqs, startSqs } from '../../../mocks/local-stack/sqs.ts';
import { localLocation } from '../../../tests/support/local-table.ts';
import type { RefreshMessage } from '../../device/ports.ts';
import { parseMessage } from './messages.ts';
import { createMessageHandle, createSqsClient } from './queue.ts';
import { createRefreshQueue, createScheduleQueue } from './queues.ts';

let sqs: LocalSqs;
let client: SQSClient;

beforeAll(async () => {
  sqs = await startSqs({
    queues: [
      { name: 'refresh', visibilityTimeoutS: 30, maxReceiveCount: 2, deadLetterName: 'dead' },
      { name: 'dead', visibilityTimeoutS: 30 },
    ],
  });
  client = createSqsClient(localLocation(sqs.url));
});

afterAll(async () => {
  client.destroy();
  await sqs.close();
});

const step: RefreshMessage = { kind: 'step', deviceKey: 'd', refreshId: 'r', step: 1, sealed: 's' };

async function receive(queue: string): Promise<Message | undefined> {
  const command = new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl(queue), WaitTimeSeconds: 0 });
  return (await client.send(command)).Messages?.[0];
}

async function drop({ ReceiptHandle }: Message): Promise<void> {
  await client.send(new DeleteMessageCommand({ QueueUrl: sqs.queueUrl('refresh'), ReceiptHandle }));
}

async function attributeOf(queue: string, name: 'ApproximateNumberOfMessagesDelayed' | 'VisibilityTimeout') {
  const command = new GetQueueAttributesCommand({ QueueUrl: sqs.queueUrl(queue), AttributeNames: [name] });
  return (await client.send(command)).Attributes?.[name];
}

describe('send', () => {
  it('puts a message on the queue that the parser gives back', async () => {
    await createRefreshQueue(client, sqs.queueUrl('refresh')).send(step, 0);
    const message = await receive('refresh');
    expect(parseMessage(message?.Body ?? '')).toEqual(step);
    await drop(message ?? {});
  });

  it('delays a message', async () => {
    await createRefreshQueue(client, sqs.queueUrl('refresh')).send(
      { kind: 'erase', deviceKey: 'd', rev: 1 },
      900,
    );
    expect(await attributeOf('refresh', 'ApproximateNumberOfMessagesDelayed')).toBe('1');
    expect(await receive('refresh')).toBeUndefined();
  });

  it.each([-1, 901, 1.5, Number.NaN])('refuses a delay of %s s, which SQS has not', async (delayS) => {
    const sending = createRefreshQueue(client, sqs.queueUrl('refresh')).send(step, delayS);
    await expect(sending).rejects.toThrow(`delayS is ${delayS}: expected whole seconds from 0 to 900`);
  });

  it('says QueueUnavailable of a queue that is not there, with the cause', async () => {
    const sending = createRefreshQueue(client, `${sqs.url}/000000000000/none`).send(step, 0);
    await expect(sending).rejects.toMatchObject({
      name: 'QueueUnavailable',
      cause: { name: 'QueueDoesNotExist' },
    });
  });

  it('says QueueUnavailable of an endpoint that is not there', async () => {
    const gone = createSqsClient(localLocation('http://127.0.0.1:9'), 100);
    const sending = createRefreshQueue(gone, 'http://127.0.0.1:9/000000000000/refresh').send(step, 0);
    await expect(sending).rejects.toMatchObject({ name: 'QueueUnavailable' });
    gone.destroy();
  });
});

describe('sendAll', () => {
  const delayed = (count: number, delayS: number) =>
    Array.from({ length: count }, (_, index) => ({ message: { ...step, step: index + 1 }, delayS }));

  async function received(count: number): Promise<readonly number[]> {
    const steps: number[] = [];
    while (steps.length < count) {
      const message = await receive('refresh');
      const parsed = parseMessage(message?.Body ?? '');
      if (message === undefined || parsed?.kind !== 'step') break;
      steps.push(parsed.step);
      await drop(message);
    }
    return steps.toSorted((one, other) => one - other);
  }

  it.each([0, 1, 2, 10, 23])('puts %s messages on the queue, ten in a request', async (count) => {
    let requests = 0;
    const counting = createSqsClient(localLocation(sqs.url));
    counting.middlewareStack.add(
      (next) => (args) => {
        requests += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await createScheduleQueue(counting, sqs.queueUrl('refresh')).sendAll(delayed(count, 0))).toEqual(
      [],
    );
    expect(requests).toBe(Math.ceil(count / 10));
    expect(await received(count)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    counting.destroy();
  });

  it('tells how many are visible, how many are delayed, and how many were received', async () => {
    const queue = createScheduleQueue(client, sqs.queueUrl('refresh'));
    const before = await queue.backlog();
    await queue.sendAll([...delayed(3, 0), ...delayed(12, 900)]);
    const after = { ...before, visible: before.visible + 3, delayed: before.delayed + 12 };
    expect(await queue.backlog()).toEqual(after);
    const message = await receive('refresh');
    const atWork = { ...after, visible: after.visible - 1, inFlight: after.inFlight + 1 };
    expect(await queue.backlog()).toEqual(atWork);
    await drop(message ?? {});
    expect(await received(2)).toHaveLength(2);
  });

  it('gives back what could not be sent, be it all or some', async () => {
    const gone = createSqsClient(localLocation('http://127.0.0.1:9'), 100);
    for (const count of [1, 2, 11]) {
      const messages = delayed(count, 0);
      const left = await createScheduleQueue(gone, 'http://127.0.0.1:9/000000000000/refresh').sendAll(
        messages,
      );
      expect(new Set(left)).toEqual(new Set(messages));
    }
    gone.destroy();
    const picky = createSqsClient(localLocation(sqs.url));
    picky.middlewareStack.add(
      () => async () => {
        const Successful = [{ Id: '0' }, { Id: '2' }];
        return { output: { $metadata: {}, Successful, Failed: [{ Id: '1' }] }, response: {} };
      },
      { step: 'initialize', priority: 'high' },
    );
    const messages = delayed(3, 0);
    expect(await createScheduleQueue(picky, sqs.queueUrl('refresh')).sendAll(messages)).toEqual([
      messages[1],
    ]);
    picky.destroy();
  });

  it('refuses a delay that SQS has not, and sends nothing then', async () => {
    const queue = createScheduleQueue(client, sqs.queueUrl('refresh'));
    await expect(queue.sendAll([...delayed(1, 0), ...delayed(1, 901)])).rejects.toThrow(RangeError);
    expect(await receive('refresh')).toBeUndefined();
  });
});

describe('a handle', () => {
  it('hides its message, and shows it again at once with 0 s', async () => {
    await createRefreshQueue(client, sqs.queueUrl('refresh')).send(step, 0);
    const first = await receive('refresh');
    const handle = createMessageHandle(client, sqs.queueUrl('refresh'), first?.ReceiptHandle ?? '');
    await handle.extendVisibility(600);
    expect(await receive('refresh')).toBeUndefined();
    await handle.extendVisibility(0);
    const second = await receive('refresh');
    expect(second?.MessageId).toBe(first?.MessageId);
    await drop(second ?? {});
  });

  it.each([-1, 43_201, 0.5])('refuses to hide for %s s, which SQS has not', async (hiddenS) => {
    const handle = createMessageHandle(client, sqs.queueUrl('refresh'), 'any');
    await expect(handle.extendVisibility(hiddenS)).rejects.toThrow(RangeError);
  });

  it('says QueueUnavailable of a handle that SQS does not know', async () => {
    const handle = createMessageHandle(client, sqs.queueUrl('refresh'), 'unknown');
    await expect(handle.extendVisibility(10)).rejects.toMatchObject({ name: 'QueueUnavailable' });
  });
});

describe('the local queues', () => {
  it('are on 127.0.0.1 at the port that is listened on', () => {
    expect(sqs.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(sqs.queueUrl('refresh')).toBe(`${sqs.url}/000000000000/refresh`);
    expect(() => sqs.queueUrl('other')).toThrow('no queue other: there are refresh, dead');
  });

  it('have the visibility timeout that they were asked for', async () => {
    expect(await attributeOf('dead', 'VisibilityTimeout')).toBe('30');
  });

  it('move a message to the dead-letter queue after its receives', async () => {
    await createRefreshQueue(client, sqs.queueUrl('refresh')).send(step, 0);
    for (let receives = 1; receives <= 2; receives += 1) {
      const message = await receive('refresh');
      await createMessageHandle(
        client,
        sqs.queueUrl('refresh'),
        message?.ReceiptHandle ?? '',
      ).extendVisibility(0);
    }
    expect(await receive('refresh')).toBeUndefined();
    expect(parseMessage((await receive('dead'))?.Body ?? '')).toEqual(step);
  });

  it('cannot be started on a port that is taken', async () => {
    const port = Number(new URL(sqs.url).port);
    await expect(startSqs({ port, queues: [] })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
