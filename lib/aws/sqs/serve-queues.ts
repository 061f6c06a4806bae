import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock, MessageHandle, MessageResult } from '../../device/ports.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import type { Received, SourceQueue } from './source-queue.ts';

/** Messages of a queue: their kind, and what may be logged of them. */
export interface KnownMessage
  extends Pick<LogFields, 'deviceKey' | 'callbackKey' | 'deliveryId' | 'refreshId' | 'step' | 'attempt'> {
  readonly kind: string;
}

/** What a function does with one message. */
export type HandleMessage<Message> = (
  message: Message,
  handle: MessageHandle,
  run: MessageRun,
) => Promise<MessageResult>;

/** What handling one message may take. */
export interface MessageRun {
  /** The time it has, in ms; then `signal` aborts. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** The run takes no more messages of its last queue for now. */
  readonly isFull: boolean;
  /** How often the message was received, this time included. */
  readonly receives: number;
}

export interface RunPorts {
  /** The first is the one whose messages the function is invoked with. Earlier ones go before later ones. */
  readonly queues: readonly [SourceQueue, ...SourceQueue[]];
  /** Messages handled at the same time. */
  readonly slots: number;
  /** Slots that only the first queue may use. */
  readonly reservedSlots?: number;
  /** A run whose messages are handled within this time ends, and takes no others. */
  readonly graceMs: number;
  /** A message that has less time is not taken any more. */
  readonly leastBudgetMs: number;
  /** Called when a run ends that took no more messages because its time ran out: its queues may hold some. */
  readonly onTimeOver?: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time left to end in an orderly way when the function's time is up. */
const lastMs = 3_000;
/** Most messages that SQS gives at once. Stated here, too: whoever imports the SDK's client for it moves it in the bundle, which then packs worse. */
const mostAtOnce = 10;
/** How long a run with free slots waits for a message of its first queue before it looks at all of them again. */
const waitS = 1;
/** The first wait of a message whose handling failed; twice as long after each further receive, up to 15 minutes. */
const firstRetryS = 2;
const longestRetryS = 900;

/**
 * The handler of a queue's function. One run handles many messages at the same time: a run that waits costs the same however many
 * wait in it. While it has work, free slots and time, it takes further messages itself. Each message is settled for itself: deleted when
 * it was handled, left to be received again when it is to be retried or its handling failed; a slow one holds up no other. How many
 * are handled at once in all: slots × the mapping's `maximumConcurrency`.
 *
 * `parse`: the message in a body, undefined when it is none of these queues; it is dropped then.
 */
export function queueHandler<Message extends KnownMessage>(
  parse: (body: string) => Message | undefined,
  handle: HandleMessage<Message>,
  ports: RunPorts,
) {
  const { queues, slots, reservedSlots = 0, graceMs, leastBudgetMs, onTimeOver, clock, log } = ports;
  const [ownQueue] = queues;

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const endsAtMs = clock.now() + context.getRemainingTimeInMillis() - lastMs;
    const open = new Set<Promise<void>>();
    const retried = new Set<string>();

    /** The wait for messages of the first queue, while there is one; and the slots that are held for what is asked for. */
    let waiting: Promise<unknown> | undefined;
    let held = 0;

    /** How many more messages of a queue the run takes now. */
    const room = (queue: SourceQueue) => {
      const free = slots - open.size;
      const usable = queue === ownQueue ? free - held : free - Math.max(held, reservedSlots);
      return Math.max(0, Math.min(mostAtOnce, usable));
    };

    function begin(received: Received, queue: SourceQueue): void {
      const work: Promise<void> = settle(received, queue).finally(() => open.delete(work));
      open.add(work);
    }

    async function settle(received: Received, queue: SourceQueue): Promise<void> {
      const { messageId, receives, receiptHandle } = received;
      const message = parse(received.body);
      const fields = { messageId, receives, ...(message && fieldsOf(message)) };
      const messageHandle = queue.handleOf(receiptHandle);
      try {
        if (message === undefined) {
          log.warn('unknown message dropped', fields);
        } else {
          const budgetMs = endsAtMs - clock.now();
          const signal = AbortSignal.timeout(Math.max(1, budgetMs));
          const isFull = queues.some((one) => one !== ownQueue && room(one) === 0);
          const result = await handle(message, messageHandle, { budgetMs, signal, isFull, receives });
          const error = result.kind === 'ack' ? result.error : undefined;
          log.info('message handled', { ...fields, what: result.what ?? 'retry-later', error });
          if (result.kind === 'retryLater') return void retried.add(messageId);
        }
      } catch (error) {
        retried.add(messageId);
        log.error('message failed; will be retried', fields, error);
        const retryS = Math.min(longestRetryS, firstRetryS * 2 ** (receives - 1));
        // Best effort: without it the message shows when its visibility timeout ends.
        await messageHandle.extendVisibility(retryS).catch(() => undefined);
        return;
      }
      await queue.delete(receiptHandle).catch((error: unknown) => {
        // Lambda deletes it, or it is received again: to handle it twice is harmless.
        log.warn('message handled and not deleted', fields, error);
      });
    }

    /** Takes what there is room for; whether there was something. The slots are held until the answer is there. */
    async function take(queue: SourceQueue, forS = 0): Promise<boolean> {
      const most = room(queue);
      if (most === 0) return false;
      held += most;
      let messages: readonly Received[] = [];
      try {
        messages = await queue.receive(most, forS);
      } catch (error) {
        log.warn('no messages could be received', {}, error);
        await clock.sleep(waitS * 1000);
      }
      held -= most;
      for (const message of messages) begin(message, queue);
      return messages.length > 0;
    }

    /** Looks at every queue. Where there is nothing, waits for a message of the first, or for a free slot. */
    async function takeMore(): Promise<boolean> {
      let took = false;
      for (const queue of queues) {
        if (queue !== ownQueue || waiting === undefined) took = (await take(queue)) || took;
      }
      if (took || (open.size === 0 && waiting === undefined)) return took;
      if (waiting === undefined && room(ownQueue) > 0) {
        waiting = take(ownQueue, waitS).finally(() => {
          waiting = undefined;
        });
      }
      await Promise.race([...(waiting ? [waiting] : []), ...open]);
      return false;
    }

    const own = event.Records.map(receivedIn);
    for (const received of own) begin(received, ownQueue);
    if (graceMs > 0) await endWithin(graceMs, open, clock);
    let isLate = false;
    for (let isLooking = graceMs === 0; isLooking || open.size > 0 || waiting; ) {
      isLate = clock.now() + leastBudgetMs > endsAtMs;
      if (isLate) await Promise.all([...open, waiting]);
      isLooking = !isLate && (await takeMore());
    }
    if (isLate) {
      await onTimeOver?.().catch((error: unknown) => log.warn('no other run could be woken', {}, error));
    }
    const failed = own.filter(({ messageId }) => retried.has(messageId));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Resolves when all have ended, or after `ms`. */
async function endWithin(ms: number, open: ReadonlySet<Promise<void>>, clock: Clock): Promise<void> {
  const ended = new AbortController();
  void Promise.all(open).then(() => ended.abort());
  await clock.sleep(ms, ended.signal);
}

function receivedIn({ messageId, receiptHandle, body, attributes }: SQSRecord): Received {
  return { messageId, receiptHandle, body, receives: Number(attributes.ApproximateReceiveCount) };
}

function fieldsOf(message: KnownMessage): LogFields {
  const { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt } = message;
  return { kind, deviceKey, callbackKey, deliveryId, refreshId, step, attempt };
}
