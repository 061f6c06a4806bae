import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefreshQueue } from '../domain/ports.ts';
import { answered, assertWholeSeconds, maxDelayS } from './calls.ts';

/** A message's body is the `RefreshMessage` as JSON; `parseMessage` reads it. Throws `RangeError` on a delay SQS has not. */
export function createRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return {
    async send(message, delayS) {
      assertWholeSeconds('delayS', delayS, maxDelayS);
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delayS,
      });
      await answered('SendMessage', client.send(command));
    },

    async backlog() {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'],
      });
      const { Attributes: numbers = {} } = await answered('GetQueueAttributes', client.send(command));
      return Object.values(numbers).reduce((sum, number) => sum + Number(number), 0);
    },
  };
}
