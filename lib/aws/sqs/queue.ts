import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { longestDelayS } from '../../device/policy.ts';
import { type MessageHandle, QueueUnavailable } from '../../device/ports.ts';
import { type ServiceLocation, sdkOptions } from '../sdk-options.ts';

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
  assertWholeSeconds('delayS', delayS, longestDelayS);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: JSON.stringify(message),
    DelaySeconds: delayS,
    ...(groupId !== undefined && { MessageGroupId: groupId }),
  });
  await answered('SendMessage', client.send(command));
}

/** A message of an object, and its delay in whole seconds. */
interface DelayedObject {
  readonly message: object;
  readonly delayS: number;
}

/** SQS takes so many messages at once. */
const mostAtOnce = 10;

/** Sends the messages as JSON, ten in a request, and gives back those that could not be sent. Throws `RangeError` on a delay SQS has not. */
export async function sendAllJson<Message extends DelayedObject>(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<readonly Message[]> {
  for (const { delayS } of messages) assertWholeSeconds('delayS', delayS, longestDelayS);
  const groups = Array.from({ length: Math.ceil(messages.length / mostAtOnce) }, (_, index) =>
    messages.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
  const left = await Promise.all(groups.map((group) => sendGroup(client, queueUrl, group)));
  return left.flat();
}

async function sendGroup<Message extends DelayedObject>(
  client: SQSClient,
  queueUrl: string,
  group: readonly Message[],
): Promise<readonly Message[]> {
  const [only, ...others] = group;
  if (only && others.length === 0) {
    const isSent = sendJson(client, queueUrl, only.message, only.delayS).then(() => true);
    return (await isSent.catch(() => false)) ? [] : group;
  }
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: group.map(({ message, delayS }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(message),
      DelaySeconds: delayS,
    })),
  });
  try {
    const { Successful: sent = [] } = await client.send(command);
    const ids = new Set(sent.map(({ Id }) => Id));
    return group.filter((_, index) => !ids.has(String(index)));
  } catch {
    return group;
  }
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
