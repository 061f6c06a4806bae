import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CallbackQueue, RelayQueue } from '../domain/callback-ports.ts';
import { answered, assertWholeSeconds, maxDelayS } from './calls.ts';

/** A message's body is the message as JSON; `parseCallbackMessage` reads it. */
export function createCallbackQueue(client: SQSClient, queueUrl: string): CallbackQueue {
  return { send: (message, delayS) => send(client, queueUrl, message, delayS) };
}

/** Likewise; `parseRelayMessage` reads it. */
export function createRelayQueue(client: SQSClient, queueUrl: string): RelayQueue {
  return { send: (message, delayS) => send(client, queueUrl, message, delayS) };
}

/** Throws `RangeError` on a delay SQS has not. */
async function send(client: SQSClient, queueUrl: string, message: object, delayS: number): Promise<void> {
  assertWholeSeconds('delayS', delayS, maxDelayS);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: JSON.stringify(message),
    DelaySeconds: delayS,
  });
  await answered('SendMessage', client.send(command));
}
