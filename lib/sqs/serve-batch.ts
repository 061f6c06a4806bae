import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Served } from '../app/served.ts';
import type { Receipt, RefreshMessage } from '../domain/ports.ts';
import type { Log, LogFields } from '../runtime/log.ts';
import { parseMessage } from './message-parser.ts';

/** What a function does with one message. */
export type ServeMessage = (
  message: RefreshMessage,
  receipt: Receipt,
  run: { readonly budgetMs: number; readonly signal: AbortSignal },
) => Promise<Served>;

export interface BatchPorts {
  readonly receiptOf: (receiptHandle: string) => Receipt;
  readonly log: Log;
}

/** Time left to end in an orderly way when the function's time is up. */
const lastMs = 3_000;

/**
 * The handler of a queue's function: one message after the other, each served for itself. Those that are to come
 * again, or whose serving failed, are reported as failures of their own; all others are deleted by Lambda.
 */
export function queueHandler(serve: ServeMessage, ports: BatchPorts) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const done = await serveRecord(record, context, serve, ports);
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

async function serveRecord(
  record: SQSRecord,
  context: Context,
  serve: ServeMessage,
  { receiptOf, log }: BatchPorts,
): Promise<boolean> {
  const message = parseMessage(record.body);
  const about = { messageId: record.messageId, receives: Number(record.attributes.ApproximateReceiveCount) };
  if (message === undefined) {
    log.warn('not a message of ours, dropped', about);
    return true;
  }
  const budgetMs = context.getRemainingTimeInMillis() - lastMs;
  const fields = { ...about, ...fieldsOf(message) };
  try {
    const run = { budgetMs, signal: AbortSignal.timeout(Math.max(1, budgetMs)) };
    const served = await serve(message, receiptOf(record.receiptHandle), run);
    const error = served.kind === 'done' ? served.error : undefined;
    log.info('served', { ...fields, what: served.kind === 'done' ? served.what : 'hidden', error });
    return served.kind === 'done';
  } catch (error) {
    log.error('not served, comes again', fields, error);
    return false;
  }
}

function fieldsOf(message: RefreshMessage): LogFields {
  const { kind, deviceKey } = message;
  if (kind !== 'step') return { kind, deviceKey };
  return { kind, deviceKey, refreshId: message.refreshId, step: message.step };
}
