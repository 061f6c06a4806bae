import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSqs, startSqs } from '../../../mocks/local-stack/sqs.ts';
import { localLocation } from '../../../tests/support/local-table.ts';
import type { ForwardMessage } from '../../callbacks/ports.ts';
import { parseForwardMessage } from './messages.ts';
import { createSqsClient } from './queue.ts';
import { createDeadLetters } from './queues.ts';

const message: ForwardMessage = {
  kind: 'forward',
  callbackKey: 'key',
  deliveryId: 'delivery',
  receivedAtMs: 1_795_000_000_000,
  contentType: '',
  bytes: 12,
  body: { sealed: 'sealed' },
};
const stored: ForwardMessage = { ...message, contentType: 'text/plain', body: { stored: true } };

describe('the parser of the forward queue', () => {
  it('reads what the queue was given', () => {
    expect(parseForwardMessage(JSON.stringify(message))).toEqual(message);
    expect(parseForwardMessage(JSON.stringify(stored))).toEqual(stored);
    const waits = { ...message, attempt: 2, waitsSinceMs: 5, dueAtMs: 6 };
    expect(parseForwardMessage(JSON.stringify(waits))).toEqual(waits);
  });

  it('leaves out members that it does not know', () => {
    const more = { ...message, body: { sealed: 'sealed', more: 1 }, more: 1 };
    expect(parseForwardMessage(JSON.stringify(more))).toEqual(message);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    ...Object.keys(message).map((name) => JSON.stringify({ ...message, [name]: undefined })),
    JSON.stringify({ ...message, kind: 'callback' }),
    JSON.stringify({ ...message, callbackKey: '' }),
    JSON.stringify({ ...message, receivedAtMs: '1' }),
    JSON.stringify({ ...message, contentType: null }),
    JSON.stringify({ ...message, bytes: 0.5 }),
    JSON.stringify({ ...message, attempt: 0 }),
    JSON.stringify({ ...message, dueAtMs: null }),
    JSON.stringify({ ...message, body: {} }),
    JSON.stringify({ ...message, body: 'sealed' }),
    JSON.stringify({ ...message, body: { stored: false } }),
    JSON.stringify({ ...message, body: { stored: true, sealed: 'sealed' } }),
  ])('takes %s for none of its messages', (text) => {
    expect(parseForwardMessage(text)).toBeUndefined();
  });

  it('never throws, whatever stands in a body', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseForwardMessage(text)));
  });
});

describe('the dead letters', () => {
  let sqs: LocalSqs;
  let client: SQSClient;
  beforeAll(async () => {
    sqs = await startSqs({ queues: [{ name: 'forward-dead', visibilityTimeoutS: 30 }] });
    client = createSqsClient(localLocation(sqs.url));
  });
  afterAll(async () => {
    client.destroy();
    await sqs.close();
  });

  it('hold the message as the forward queue held it', async () => {
    const queueUrl = sqs.queueUrl('forward-dead');
    await createDeadLetters(client, queueUrl).send(stored);
    const { Messages: [dead] = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(parseForwardMessage(dead?.Body ?? '')).toEqual(stored);
  });

  it('say QueueUnavailable of a queue that is not there', async () => {
    const sending = createDeadLetters(client, `${sqs.url}/000000000000/none`).send(message);
    await expect(sending).rejects.toMatchObject({ name: 'QueueUnavailable' });
  });
});
