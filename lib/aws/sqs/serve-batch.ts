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
 * The handler of a queue's function. `parse`: the message in a body, undefined when it is none of that queue's. One message after the other, each served for itself. Those that are to come
 * again, or whose serving failed, are reported as failures of their own; all others are deleted by Lambda.
 */
export function queueHandler<Message extends KnownMessage>(
  parse: (body: string) => Message | undefined,
  serve: HandleMessage<Message>,
  ports: BatchPorts,
) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const done = await serveRecord(record, context, { parse, serve, ...ports });
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

interface Serving<Message> extends BatchPorts {
  readonly parse: (body: string) => Message | undefined;
  readonly serve: HandleMessage<Message>;
}

async function serveRecord<Message extends KnownMessage>(
  record: SQSRecord,
  context: Context,
  { parse, serve, handleOf, log }: Serving<Message>,
): Promise<boolean> {
  const message = parse(record.body);
  const about = { messageId: record.messageId, receives: Number(record.attributes.ApproximateReceiveCount) };
  if (message === undefined) {
    log.warn('not a message of ours, dropped', about);
    return true;
  }
  const budgetMs = context.getRemainingTimeInMillis() - lastMs;
  const fields = { ...about, ...fieldsOf(message) };
  try {
    const run = { budgetMs, signal: AbortSignal.timeout(Math.max(1, budgetMs)) };
    const served = await serve(message, handleOf(record.receiptHandle), run);
    const error = served.kind === 'ack' ? served.error : undefined;
    log.info('served', { ...fields, what: served.what ?? 'hidden', error });
    return served.kind === 'ack';
  } catch (error) {
    log.error('not served, comes again', fields, error);
    return false;
  }
}

function fieldsOf(message: KnownMessage): LogFields {
  const { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt } = message;
  return { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt };
}
