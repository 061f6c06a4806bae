import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CallbackQueue, DeadLetters, ForwardQueue } from '../../callbacks/ports.ts';
import type { RefreshQueue, ScheduleQueue } from '../../device/ports.ts';
import { answered, sendAllJson, sendJson } from './queue.ts';

/** A message's body is the `RefreshMessage` as JSON; `parseMessage` reads it. Throws `RangeError` on a delay SQS has not. */
export function createRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return { send: (message, delayS) => sendJson(client, queueUrl, message, delayS) };
}

/** Likewise. */
export function createScheduleQueue(client: SQSClient, queueUrl: string): ScheduleQueue {
  return {
    ...createRefreshQueue(client, queueUrl),

    sendAll: (messages) => sendAllJson(client, queueUrl, messages),

    async backlog() {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesDelayed',
          'ApproximateNumberOfMessagesNotVisible',
        ],
      });
      const { Attributes: numbers = {} } = await answered('GetQueueAttributes', client.send(command));
      return {
        visible: Number(numbers.ApproximateNumberOfMessages ?? 0),
        delayed: Number(numbers.ApproximateNumberOfMessagesDelayed ?? 0),
        inFlight: Number(numbers.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },
  };
}

/** A message's body is the message as JSON; `parseCallbackMessage` reads it. Each token, and each device with its chatrooms, is a group. */
export function createCallbackQueue(client: SQSClient, queueUrl: string): CallbackQueue {
  const groupOf = (message: Parameters<CallbackQueue['send']>[0]) =>
    message.kind === 'room' ? message.deviceKey : message.callbackKey;
  return {
    send: (message, delayS) => sendJson(client, queueUrl, message, delayS, groupOf(message)),
  };
}

/** Likewise; `parseForwardMessage` reads it. Each token is a group. */
export function createForwardQueue(client: SQSClient, queueUrl: string): ForwardQueue {
  return {
    send: (message, delayS) => sendJson(client, queueUrl, message, delayS, message.callbackKey),
  };
}

/** The message as it was: what is put back into the forwarding queue by hand is read from it again. */
export function createDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return { send: (message) => sendJson(client, queueUrl, message, 0) };
}
