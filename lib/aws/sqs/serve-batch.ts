import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { MessageHandle, MessageResult } from '../../device/ports.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';

/** Messages of a queue: their kind, and what may be logged of them. */
export interface KnownMessage
  extends Pick<LogFields, 'deviceKey' | 'callbackKey' | 'deliveryId' | 'refreshId' | 'step' | 'attempt'> {
  readonly kind: string;
}

/** What a function does with one message. */
export type HandleMessage<Message> = (
  message: Message,
  handle: MessageHandle,
  run: { readonly budgetMs: number; readonly signal: AbortSignal },
) => Promise<MessageResult>;

export interface BatchPorts {
  readonly handleOf: (receiptHandle: string) => MessageHandle;
  readonly log: Log;
}

/** Time left to end in an orderly way when the function's time is up. */
const lastMs = 3_000;

/**
 * The handler of a queue's function. `parse`: the message in a body, undefined when it is not of that queue. Messages are
 * handled one after the other. Those to retry later, and those whose handling threw, are reported as failed items; Lambda
 * deletes all others.
 */
export function queueHandler<Message extends KnownMessage>(
  parse: (body: string) => Message | undefined,
  handle: HandleMessage<Message>,
  ports: BatchPorts,
) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const done = await handleRecord(record, context, { parse, handle, ...ports });
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

interface Handling<Message> extends BatchPorts {
  readonly parse: (body: string) => Message | undefined;
  readonly handle: HandleMessage<Message>;
}

async function handleRecord<Message extends KnownMessage>(
  record: SQSRecord,
  context: Context,
  { parse, handle, handleOf, log }: Handling<Message>,
): Promise<boolean> {
  const message = parse(record.body);
  const about = { messageId: record.messageId, receives: Number(record.attributes.ApproximateReceiveCount) };
  if (message === undefined) {
    log.warn('unknown message dropped', about);
    return true;
  }
  const budgetMs = context.getRemainingTimeInMillis() - lastMs;
  const fields = { ...about, ...fieldsOf(message) };
  try {
    const run = { budgetMs, signal: AbortSignal.timeout(Math.max(1, budgetMs)) };
    const result = await handle(message, handleOf(record.receiptHandle), run);
    const error = result.kind === 'ack' ? result.error : undefined;
    log.info('message handled', { ...fields, what: result.what ?? 'retry-later', error });
    return result.kind === 'ack';
  } catch (error) {
    log.error('message failed; will be retried', fields, error);
    return false;
  }
}

function fieldsOf(message: KnownMessage): LogFields {
  const { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt } = message;
  return { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt };
}
