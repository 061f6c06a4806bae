import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FunctionConfig } from './serverless-config.ts';
import { invocationsIn, longestChain } from './trace.ts';

/** Where messages were received, and for which function. */
export interface Received {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueName: string;
  readonly served: Pick<FunctionConfig, 'key' | 'name' | 'allowsLoops'>;
  readonly log: (line: string) => void;
}

/**
 * Does what Lambda does about recursive loops: a function that does not allow them is not invoked with a message whose chain has come to it
 * 16 times. On AWS such a message becomes a dead letter when it has been received as often as its queue lets it, here at once; of
 * a queue without dead letters it becomes visible again. Returns the other messages.
 */
export async function withoutLoops(
  messages: readonly Message[],
  received: Received,
): Promise<readonly Message[]> {
  const { served, queueName, log } = received;
  if (served.allowsLoops) return messages;
  const rounds = ({ Attributes }: Message) => invocationsIn(Attributes?.AWSTraceHeader, served.name);
  const stopped = messages.filter((message) => rounds(message) >= longestChain);
  for (const message of stopped) {
    await makeDeadLetter(message, received);
    log(
      `${queueName}: stopped a chain of messages that came to ${served.key} ${longestChain} times, as Lambda does unless the function has recursiveLoop: Allow`,
    );
  }
  return messages.filter((message) => !stopped.includes(message));
}

async function makeDeadLetter(
  { Body: MessageBody, Attributes: { AWSTraceHeader: header } = {}, ReceiptHandle }: Message,
  { client, queueUrl }: Received,
): Promise<void> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] });
  const { Attributes: { RedrivePolicy: policy } = {} } = await client.send(asked);
  if (policy === undefined) return;
  const { deadLetterTargetArn }: { deadLetterTargetArn: string } = JSON.parse(policy);
  const name = deadLetterTargetArn.split(':').at(-1);
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl.replace(/[^/]+$/, () => String(name)),
      MessageBody,
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } },
    }),
  );
  await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
}
