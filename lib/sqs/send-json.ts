import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { answered, assertWholeSeconds, maxDelayS } from './calls.ts';

/** Sends the message as JSON. Throws `QueueUnavailable`, and `RangeError` on a delay SQS has not. */
export async function sendJson(
  client: SQSClient,
  queueUrl: string,
  message: object,
  delayS: number,
): Promise<void> {
  assertWholeSeconds('delayS', delayS, maxDelayS);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: JSON.stringify(message),
    DelaySeconds: delayS,
  });
  await answered('SendMessage', client.send(command));
}
