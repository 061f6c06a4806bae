import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Invocation } from './functions.ts';
import { withoutLoops } from './recursive-loops.ts';
import type { FunctionConfig } from './serverless-config.ts';

/** A queue and the function that takes its messages, as an event source mapping joins them on AWS. */
export interface Mapping {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueName: string;
  readonly served: Pick<FunctionConfig, 'key' | 'name' | 'allowsLoops'>;
  /** Runs of the function at the same time. */
  readonly concurrency: number;
  /** Most messages that a run begins with, 1 to 10. */
  readonly batchSize: number;
  readonly invoke: (event: SQSEvent) => Promise<Invocation>;
  readonly log: (line: string) => void;
  /** How long one receive waits for a message (0 to 20; default 1). */
  readonly waitS?: number;
}

const receiveErrorPauseMs = 1_000;

/**
 * Does what Lambda's poller does: receives a batch of what is there, invokes the function with it, deletes each message that was
 * handled, and leaves it to become visible again after its visibility timeout when the function failed or said so
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
      const messages = await receiveBatch(mapping);
      if (messages.length === 0 || stopped) continue;
      const work: Promise<void> = serve(mapping, messages)
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
async function receiveBatch({
  client,
  queueUrl,
  queueName,
  batchSize,
  log,
  waitS = 1,
}: Mapping): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: waitS,
    MessageSystemAttributeNames: ['All'],
  });
  try {
    return (await client.send(command)).Messages ?? [];
  } catch (error) {
    log(`${queueName}: ${String(error)}`);
    await sleep(receiveErrorPauseMs);
    return [];
  }
}

async function serve(mapping: Mapping, received: readonly Message[]): Promise<void> {
  const { client, queueUrl, queueName, log } = mapping;
  const messages = await withoutLoops(received, mapping);
  if (messages.length === 0) return;
  const result = await mapping.invoke({ Records: messages.map((message) => recordOf(mapping, message)) });
  if (result.kind === 'crashed') {
    log(`${queueName}: the function failed (${result.reason}); its messages will be retried`);
    return;
  }
  const isFailed = failuresIn(
    result.payload,
    messages.map(({ MessageId }) => MessageId),
  );
  for (const { MessageId, ReceiptHandle } of messages) {
    if (isFailed(MessageId)) continue;
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
}

function recordOf({ queueName }: Mapping, message: Message): SQSRecord {
  const { Attributes: attributes = {} } = message;
  return {
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
  };
}

/** `ReportBatchItemFailures`: an item that names no message of the batch, or an answer of another form, fails the whole batch. */
function failuresIn(
  payload: unknown,
  batch: readonly (string | undefined)[],
): (messageId: string | undefined) => boolean {
  if (payload === null || typeof payload !== 'object' || !('batchItemFailures' in payload))
    return () => false;
  const failures = payload.batchItemFailures;
  if (failures === null) return () => false;
  if (!Array.isArray(failures)) return () => true;
  const named: unknown[] = failures.map((failure: unknown) => Object(failure).itemIdentifier);
  const areKnown = named.every((id) => typeof id === 'string' && batch.includes(id));
  return (messageId) => !areKnown || named.includes(messageId);
}
