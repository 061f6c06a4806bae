import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefreshQueue } from '../domain/ports.ts';
import { answered } from './calls.ts';
import { sendJson } from './send-json.ts';

/** A message's body is the `RefreshMessage` as JSON; `parseMessage` reads it. Throws `RangeError` on a delay SQS has not. */
export function createRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return {
    send: (message, delayS) => sendJson(client, queueUrl, message, delayS),

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
