import type { SQSEvent } from 'aws-lambda';
import { beforeEach, expect, it } from 'vitest';
import { contextOf } from '../../../mocks/local-stack/functions.ts';
import type { MessageResult } from '../../device/ports.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import { queueHandler } from './serve-batch.ts';

interface Told {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

let told: Told[];
const tell = (level: string) => (message: string, fields?: LogFields) =>
  void told.push({ level, message, fields });
const log: Log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
beforeEach(() => {
  told = [];
});

interface Note {
  readonly kind: 'note';
  readonly deliveryId: string;
  readonly text: string;
}
const parseNote = (body: string): Note | undefined => {
  const [kind, deliveryId = '', text = ''] = body.split(' ');
  return kind === 'note' ? { kind, deliveryId, text } : undefined;
};

function eventOf(...bodies: readonly string[]): SQSEvent {
  const Records = bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `handle-${index}`,
    body,
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  }));
  return { Records };
}

const hidden: string[] = [];
const handleOf = (handle: string) => ({ extendVisibility: async () => void hidden.push(handle) });
const run = (serve: (note: Note) => Promise<MessageResult>, ...bodies: readonly string[]) =>
  queueHandler(parseNote, serve, { handleOf, log })(eventOf(...bodies), contextOf(60_000));

it('reports those that are to come again, and those whose serving failed, and no other', async () => {
  const serve = async ({ text }: Note): Promise<MessageResult> => {
    if (text === 'fails') throw new Error('no');
    return text === 'waits' ? { kind: 'retryLater' } : { kind: 'ack', what: 'read' };
  };
  const { batchItemFailures } = await run(
    serve,
    'note a reads',
    'note b fails',
    'note c waits',
    'note d reads',
  );
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }]);
  expect(told.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'info: message handled',
    'error: message failed; will be retried',
    'info: message handled',
    'info: message handled',
  ]);
  const about = { kind: 'note', deliveryId: 'a', messageId: 'message-0', receives: 2, what: 'read' };
  expect(told[0]?.fields).toMatchObject(about);
});

it('drops a message that is none of its queue, with a warning that does not repeat it', async () => {
  const serve = () => Promise.reject(new Error('it is not to be served'));
  expect(await run(serve, 'canary', '')).toEqual({ batchItemFailures: [] });
  expect(told.map(({ level }) => level)).toEqual(['warn', 'warn']);
  expect(JSON.stringify(told)).not.toContain('canary');
});

it('tells nothing of a message but its keys', async () => {
  await run(async () => ({ kind: 'ack', what: 'read' }), 'note a canary');
  expect(JSON.stringify(told)).not.toContain('canary');
});

it('leaves a budget that ends before the function does', async () => {
  let budget = 0;
  const handler = queueHandler(
    parseNote,
    async (_note, handle, { budgetMs, signal }) => {
      budget = signal.aborted ? 0 : budgetMs;
      await handle.extendVisibility(5);
      return { kind: 'retryLater' };
    },
    { handleOf, log },
  );
  await handler(eventOf('note a x'), contextOf(60_000));
  expect(budget).toBeGreaterThan(50_000);
  expect(budget).toBeLessThanOrEqual(57_000);
  expect(hidden).toEqual(['handle-0']);
});
