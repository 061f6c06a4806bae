import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalSqs, startSqs } from '../../../mocks/local-stack/sqs.ts';
import { localLocation } from '../../../tests/support/local-table.ts';
import type { CallbackMessage, ForwardMessage } from '../../callbacks/ports.ts';
import type { RoomMessage } from '../../chatrooms/ports.ts';
import { parseCallbackMessage, parseForwardMessage } from './messages.ts';
import { createSqsClient } from './queue.ts';
import { createCallbackQueue, createForwardQueue } from './queues.ts';

let sqs: LocalSqs;
let client: SQSClient;
beforeAll(async () => {
  const visibilityTimeoutS = 30;
  sqs = await startSqs({
    queues: [
      { name: 'callback', visibilityTimeoutS },
      { name: 'forward', visibilityTimeoutS },
    ],
  });
  client = createSqsClient(localLocation(sqs.url));
});
afterAll(async () => {
  client.destroy();
  await sqs.close();
});

const delivery = { callbackKey: 'c', deliveryId: 'd', receivedAtMs: 5, contentType: '', bytes: 0 };
const callback: CallbackMessage = {
  kind: 'callback',
  ...delivery,
  tokenKey: 't',
  body: { sealed: 's' },
};
const stored: CallbackMessage = { ...callback, body: { stored: true } };
const forward: ForwardMessage = { kind: 'forward', ...delivery, body: { stored: true } };
const room: RoomMessage = { kind: 'room', deviceKey: 'd', roomId: 'r', attempt: 1, sealed: 's' };

async function bodyIn(queue: string): Promise<string> {
  const command = new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl(queue) });
  return (await client.send(command)).Messages?.[0]?.Body ?? '';
}

it('reads what the queues were given', async () => {
  const callbacks = createCallbackQueue(client, sqs.queueUrl('callback'));
  for (const message of [callback, stored, room]) {
    await callbacks.send(message, 0);
    expect(parseCallbackMessage(await bodyIn('callback'))).toEqual(message);
  }
  await createForwardQueue(client, sqs.queueUrl('forward')).send(forward, 0);
  expect(parseForwardMessage(await bodyIn('forward'))).toEqual(forward);
});

it('sends what belongs to a token as one group, and what belongs to a device: SQS gives each its turn', async () => {
  const groups: unknown[] = [];
  client.middlewareStack.add(
    (next) => (call) => {
      groups.push(Object(call.input).MessageGroupId);
      return next(call);
    },
    { step: 'initialize', name: 'groups' },
  );
  const callbacks = createCallbackQueue(client, sqs.queueUrl('callback'));
  await callbacks.send(callback, 0);
  await callbacks.send(room, 0);
  await createForwardQueue(client, sqs.queueUrl('forward')).send(forward, 0);
  client.middlewareStack.remove('groups');
  expect(groups).toEqual(['c', 'd', 'c']);
});

it('sends no message with a delay that SQS has not', async () => {
  const callbacks = createCallbackQueue(client, sqs.queueUrl('callback'));
  for (const delayS of [-1, 0.5, 901]) {
    await expect(callbacks.send(room, delayS)).rejects.toThrow(RangeError);
  }
});

it('leaves out members that it does not know', () => {
  expect(parseCallbackMessage(JSON.stringify({ ...room, later: true }))).toEqual(room);
  const body = { ...callback.body, later: true };
  expect(parseCallbackMessage(JSON.stringify({ ...callback, body, later: true }))).toEqual(callback);
});

it.each([
  '',
  '[]',
  'null',
  JSON.stringify({ ...room, kind: 'other' }),
  JSON.stringify({ ...room, attempt: 0 }),
  JSON.stringify({ ...room, sealed: '' }),
  JSON.stringify({ ...callback, body: {} }),
  JSON.stringify({ ...callback, body: 's' }),
  JSON.stringify({ ...callback, body: { stored: false } }),
  JSON.stringify({ ...callback, contentType: null }),
  JSON.stringify({ ...callback, receivedAtMs: '5' }),
  JSON.stringify({ ...callback, bytes: -1 }),
  JSON.stringify({ ...callback, tokenKey: undefined }),
])('takes %s for none of its messages', (body) => {
  expect(parseCallbackMessage(body)).toBeUndefined();
});

it("takes the one queue's messages for none of the other's", () => {
  expect(parseForwardMessage(JSON.stringify(callback))).toBeUndefined();
  expect(parseCallbackMessage(JSON.stringify(forward))).toBeUndefined();
});

it('never throws, whatever stands in a body', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => void parseCallbackMessage(body)));
});
