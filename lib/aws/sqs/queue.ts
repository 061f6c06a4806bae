import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type MessageHandle, QueueUnavailable } from '../../device/ports.ts';
import { type ServiceLocation, sdkOptions } from '../sdk-options.ts';

/** Longest delay of one message (SQS quota). */
export const maxDelayS = 900;

/** Waits for SQS's answer. Throws `QueueUnavailable`, with what the SDK threw as its cause. */
export async function answered<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'an unknown error';
    throw new QueueUnavailable(`SQS ${operation}: ${name}`, { cause });
  }
}

/** Throws a RangeError that names the value: a caller's mistake, which SQS would refuse all the same. */
export function assertWholeSeconds(name: string, seconds: number, max: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= max) return;
  throw new RangeError(`${name} is ${seconds}: expected whole seconds from 0 to ${max}`);
}

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createSqsClient(location: ServiceLocation, timeoutMs?: number): SQSClient {
  return new SQSClient(sdkOptions(location, timeoutMs));
}

/**
 * Sends the message as JSON. `groupId`: who it belongs to; when one of many fills a queue, SQS gives out the messages of the others
 * first (fair queues). Throws `QueueUnavailable`, and `RangeError` on a delay SQS has not.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export async function sendJson(
  client: SQSClient,
  queueUrl: string,
  message: object,
  delayS: number,
  groupId?: string,
): Promise<void> {
  assertWholeSeconds('delayS', delayS, maxDelayS);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: JSON.stringify(message),
    DelaySeconds: delayS,
    ...(groupId !== undefined && { MessageGroupId: groupId }),
  });
  await answered('SendMessage', client.send(command));
}

/** Longest visibility timeout: 12 hours (SQS quota). */
const maxHiddenS = 43_200;

/** The hold on one received message. Throws `QueueUnavailable`, and `RangeError` on a time SQS has not. */
export function createMessageHandle(
  client: SQSClient,
  queueUrl: string,
  receiptHandle: string,
): MessageHandle {
  return {
    async extendVisibility(seconds) {
      assertWholeSeconds('seconds', seconds, maxHiddenS);
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await answered('ChangeMessageVisibility', client.send(command));
    },
  };
}
