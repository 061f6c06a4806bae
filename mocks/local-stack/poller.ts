import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { Invocation } from './functions.ts';
import { withoutLoops } from './recursive-loops.ts';
import type { FunctionConfig } from './serverless-config.ts';

/** A queue and the function that takes its messages, as an event source mapping joins them on AWS. */
export interface Mapping {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueName: string;
  readonly served: Pick<FunctionConfig, 'key' | 'name' | 'allowsLoops'>;
  /** Messages that are worked on at the same time. */
  readonly concurrency: number;
  readonly invoke: (event: SQSEvent) => Promise<Invocation>;
  readonly log: (line: string) => void;
  /** How long one receive waits for a message (0 to 20; default 1). */
  readonly waitS?: number;
}

const receiveErrorPauseMs = 1_000;

/**
 * Does what Lambda's poller does: receives one message at a time, invokes the function with it, deletes it when it
 * was handled, and leaves it to become visible again after its visibility timeout when the function failed or said so
 * (`batchItemFailures`). `stop` ends the receiving; it does not wait for functions.
 */
export function startPoller(mapping: Mapping): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      if (underWay.size >= mapping.concurrency) {
        // An ended one has left the set by then; a pause, so that stopping need not wait for a function.
        await Promise.race([...underWay, sleep(receiveErrorPauseMs)]);
        continue;
      }
      const message = await receiveOne(mapping);
      if (message === undefined || stopped) continue;
      const work: Promise<void> = serve(mapping, message)
        .catch((error: unknown) => mapping.log(`${mapping.queueName}: ${String(error)}`))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }

  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** The wait is short and never aborted: a long poll that is aborted takes the next message with it. */
async function receiveOne({
  client,
  queueUrl,
  queueName,
  log,
  waitS = 1,
}: Mapping): Promise<Message | undefined> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 1,
    WaitTimeSeconds: waitS,
    MessageSystemAttributeNames: ['All'],
  });
  try {
    return (await client.send(command)).Messages?.[0];
  } catch (error) {
    log(`${queueName}: ${String(error)}`);
    await sleep(receiveErrorPauseMs);
    return undefined;
  }
}

async function serve(mapping: Mapping, message: Message): Promise<void> {
  const { client, queueUrl, queueName, log } = mapping;
  const { MessageId: messageId = '', ReceiptHandle } = message;
  if ((await withoutLoops([message], mapping)).length === 0) return;
  const result = await mapping.invoke(eventOf(mapping, message));
  if (result.kind === 'crashed') {
    log(`${queueName}: the function failed (${result.reason}); the message will be retried`);
    return;
  }
  if (isReportedFailure(result.payload, messageId)) return;
  await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
}

function eventOf({ queueName }: Mapping, message: Message): SQSEvent {
  const { Attributes: attributes = {} } = message;
  return {
    Records: [
      {
        messageId: message.MessageId ?? '',
        receiptHandle: message.ReceiptHandle ?? '',
        body: message.Body ?? '',
        attributes: {
          ...attributes,
          ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
          SentTimestamp: attributes.SentTimestamp ?? '0',
          SenderId: attributes.SenderId ?? 'local',
          ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '0',
        },
        messageAttributes: {},
        md5OfBody: message.MD5OfBody ?? '',
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
        awsRegion: 'us-east-1',
      },
    ],
  };
}

/** `ReportBatchItemFailures`: an item without an identifier, or an answer of another form, fails the batch. */
function isReportedFailure(payload: unknown, messageId: string): boolean {
  if (payload === null || typeof payload !== 'object' || !('batchItemFailures' in payload)) return false;
  const failures = payload.batchItemFailures;
  if (failures === null) return false;
  if (!Array.isArray(failures)) return true;
  return failures.some((failure: unknown) => {
    const id =
      typeof failure === 'object' &&
      failure !== null &&
      'itemIdentifier' in failure &&
      failure.itemIdentifier;
    return typeof id !== 'string' || id === '' || id === messageId;
  });
}
