import type { SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { contextOf } from '../../../mocks/local-stack/functions.ts';
import { VirtualClock } from '../../../tests/laws/virtual-clock.ts';
import { type MessageResult, QueueUnavailable } from '../../device/ports.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import { queueHandler, type RunPorts } from './serve-queues.ts';
import type { Received, SourceQueue } from './source-queue.ts';

interface Told {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

let told: Told[];
let clock: VirtualClock;
const tell = (level: string) => (message: string, fields?: LogFields) =>
  void told.push({ level, message, fields });
const log: Log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
beforeEach(() => {
  told = [];
  clock = new VirtualClock();
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

/** A queue in memory. */
class MadeUpQueue implements SourceQueue {
  readonly waiting: Received[];
  readonly deleted: string[] = [];
  readonly hidden: [handle: string, seconds: number][] = [];
  isDown = false;

  constructor(...bodies: readonly string[]) {
    this.waiting = bodies.map((body) => received(body));
  }

  async receive(most: number, waitS: number) {
    if (this.isDown) throw new QueueUnavailable('down');
    const untilMs = clock.now() + waitS * 1000;
    while (this.waiting.length === 0 && clock.now() < untilMs) await clock.sleep(100);
    return this.waiting.splice(0, most);
  }

  async delete(receiptHandle: string) {
    if (this.isDown) throw new QueueUnavailable('down');
    this.deleted.push(receiptHandle);
  }

  handleOf(receiptHandle: string) {
    return { extendVisibility: async (seconds: number) => void this.hidden.push([receiptHandle, seconds]) };
  }
}

/** A message is known by its body. */
function received(body: string, receives = 1): Received {
  return { messageId: body, receiptHandle: body, body, receives };
}

function eventOf(bodies: readonly string[], receives = 1): SQSEvent {
  const Records = bodies.map((body) => ({
    messageId: body,
    receiptHandle: body,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
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

/** Runs a function with some messages to its end; a run has 60 s. */
async function run(
  bodies: readonly string[],
  handle: (note: Note) => Promise<MessageResult>,
  { receives = 1, ...ports }: Partial<RunPorts> & { readonly receives?: number } = {},
) {
  const all = { queues: [new MadeUpQueue()] as const, slots: 50, graceMs: 0, leastBudgetMs: 10_000 };
  const handler = queueHandler(parseNote, handle, { ...all, clock, log, ...ports });
  const ended = handler(eventOf(bodies, receives), contextOf(60_000));
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver) await clock.runUntil(clock.now() + 100);
  return ended;
}

const read: MessageResult = { kind: 'ack', what: 'read' };

describe('a message', () => {
  it('is deleted when it was handled; one to be retried, or whose handling failed, is reported and left', async () => {
    const queue = new MadeUpQueue();
    const { batchItemFailures } = await run(
      ['note a reads', 'note b fails', 'note c waits', 'note d reads'],
      async ({ text }) => {
        if (text === 'fails') throw new Error('no');
        return text === 'waits' ? { kind: 'retryLater' } : read;
      },
      { queues: [queue] },
    );
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual([
      'note b fails',
      'note c waits',
    ]);
    expect(queue.deleted.toSorted()).toEqual(['note a reads', 'note d reads']);
    const lines = told.map(({ level, message }) => `${level}: ${message}`);
    expect(lines.filter((line) => line === 'info: message handled')).toHaveLength(3);
    expect(lines.filter((line) => line === 'error: message failed; will be retried')).toHaveLength(1);
    const about = { kind: 'note', deliveryId: 'a', messageId: 'note a reads', receives: 1, what: 'read' };
    expect(told.find(({ fields }) => fields?.deliveryId === 'a')?.fields).toMatchObject(about);
  });

  it('is deleted by Lambda when it was handled and could not be deleted', async () => {
    const queue = new MadeUpQueue();
    queue.isDown = true;
    const { batchItemFailures } = await run(['note a x'], async () => read, { queues: [queue] });
    expect(batchItemFailures).toEqual([]);
    expect(told.map(({ message }) => message)).toContain('message handled and not deleted');
  });

  it.each([
    [1, 2],
    [3, 8],
    [10, 900],
  ])('whose handling failed the %sth time shows again after %s s', async (receives, seconds) => {
    const queue = new MadeUpQueue();
    const fails = () => Promise.reject(new Error('no'));
    await run(['note a x'], fails, { queues: [queue], receives });
    expect(queue.hidden).toEqual([['note a x', seconds]]);
  });

  it('that is none of its queue is dropped, with a warning that does not repeat it', async () => {
    const queue = new MadeUpQueue();
    const handle = () => Promise.reject(new Error('it is not to be handled'));
    expect(await run(['canary', ''], handle, { queues: [queue] })).toEqual({ batchItemFailures: [] });
    expect(queue.deleted).toEqual(['canary', '']);
    expect(told.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  it('is told of by nothing but its keys', async () => {
    await run(['note a canary'], async () => read);
    expect(told[0]?.fields).toMatchObject({ deliveryId: 'a' });
    expect(JSON.stringify(told.map(({ fields }) => ({ ...fields, messageId: '' })))).not.toContain('canary');
  });

  it('has a budget that ends before the function does', async () => {
    const budgets: number[] = [];
    const handler = queueHandler(
      parseNote,
      async (_note, handle, { budgetMs, signal }) => {
        budgets.push(signal.aborted ? 0 : budgetMs);
        await handle.extendVisibility(5);
        return { kind: 'retryLater' };
      },
      { queues: [new MadeUpQueue()], slots: 1, graceMs: 1_000, leastBudgetMs: 0, clock, log },
    );
    await handler(eventOf(['note a x']), contextOf(60_000));
    expect(budgets).toEqual([expect.toSatisfy((ms: number) => ms > 50_000 && ms <= 57_000)]);
  });
});

describe('a run', () => {
  it('ends when its messages are handled within the grace time, and asks for nothing more', async () => {
    const queue = new MadeUpQueue('note z later');
    const briefly = async () => {
      await clock.sleep(900);
      return read;
    };
    await run(['note a x'], briefly, { queues: [queue], graceMs: 1_000 });
    expect(queue.waiting).toHaveLength(1);
  });

  it('takes others while a slow one is handled, and does not wait for it to give back their slots', async () => {
    const queue = new MadeUpQueue('note b quick', 'note c quick', 'note d quick');
    const ends: [string, number][] = [];
    const startedAtMs = clock.now();
    await run(
      ['note a slow'],
      async ({ deliveryId, text }) => {
        await clock.sleep(text === 'slow' ? 20_000 : 500);
        ends.push([deliveryId, Math.round((clock.now() - startedAtMs) / 1000)]);
        return read;
      },
      { queues: [queue], graceMs: 1_000, slots: 2 },
    );
    expect(ends.map(([id]) => id)).toEqual(['b', 'c', 'd', 'a']);
    expect(ends.at(-2)?.[1]).toBeLessThan(10);
  });

  it('goes on when the queue cannot be asked for a while', async () => {
    const queue = new MadeUpQueue('note b x');
    queue.isDown = true;
    clock.at(clock.now() + 3_000, () => {
      queue.isDown = false;
    });
    const slowly = async () => {
      await clock.sleep(10_000);
      return read;
    };
    await run(['note a x'], slowly, { queues: [queue] });
    expect(queue.deleted.toSorted()).toEqual(['note a x', 'note b x']);
  });

  it('takes nothing that it has not the time for', async () => {
    const queue = new MadeUpQueue('note b x');
    const slowly = async () => {
      await clock.sleep(20_000);
      return read;
    };
    await run(['note a x'], slowly, { queues: [queue], leastBudgetMs: 58_000 });
    expect(queue.waiting).toHaveLength(1);
    expect(queue.deleted).toEqual(['note a x']);
  });

  it('says at its end that its time was over, and not when there was nothing more to do', async () => {
    const ends: number[] = [];
    const onTimeOver = async () => void ends.push(clock.now());
    const startedAtMs = clock.now();
    const slowly = async () => {
      await clock.sleep(20_000);
      return read;
    };
    await run(['note a x'], slowly, { onTimeOver });
    expect(ends).toEqual([]);
    const busy = new MadeUpQueue(...Array.from({ length: 20 }, (_, index) => `note busy-${index} x`));
    await run(['note a x'], slowly, { queues: [busy], slots: 2, onTimeOver });
    expect(busy.waiting).not.toHaveLength(0);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toBeGreaterThan(startedAtMs + 50_000);
    const fails = () => Promise.reject(new Error('no'));
    const { batchItemFailures } = await run(['note a x'], slowly, {
      leastBudgetMs: 58_000,
      onTimeOver: fails,
    });
    expect(batchItemFailures).toEqual([]);
    expect(told.at(-1)).toMatchObject({ level: 'warn', message: 'no other run could be woken' });
  });
});

describe('with two queues', () => {
  const seconds = (text: string) => Number(text) * 1000;
  const work = async ({ text }: Note) => {
    await clock.sleep(seconds(text));
    return read;
  };

  it('the first goes before the second', async () => {
    const first = new MadeUpQueue(...Array.from({ length: 10 }, (_, index) => `note first-${index} 1`));
    const second = new MadeUpQueue(...Array.from({ length: 10 }, (_, index) => `note second-${index} 1`));
    const order: string[] = [];
    const told = async (note: Note) => {
      order.push(note.deliveryId.split('-')[0] ?? '');
      return work(note);
    };
    await run([], told, { queues: [first, second], slots: 5 });
    expect(order).toEqual([...Array(10).fill('first'), ...Array(10).fill('second')]);
  });

  it('the first finds a free slot, however much of the second is under way', async () => {
    const second = new MadeUpQueue(
      ...Array.from({ length: 10_000 }, (_, index) => `note second-${index} 30`),
    );
    const first = new MadeUpQueue();
    const cameAtMs = clock.now() + 5_000;
    clock.at(cameAtMs, () => void first.waiting.push(received('note urgent 1')));
    let begunAtMs = 0;
    const noted = async (note: Note) => {
      if (note.deliveryId === 'urgent') begunAtMs = clock.now();
      return work(note);
    };
    await run([], noted, { queues: [first, second], slots: 10, reservedSlots: 1 });
    expect(begunAtMs).toBeGreaterThanOrEqual(cameAtMs);
    expect(begunAtMs - cameAtMs).toBeLessThan(2_000);
  });

  it('looks at both once, even when it had nothing to do', async () => {
    const second = new MadeUpQueue('note b 1');
    await run(['note a 0'], work, { queues: [new MadeUpQueue(), second] });
    expect(second.deleted).toEqual(['note b 1']);
  });

  it.each([
    ['first', 40],
    ['second', 34],
  ])(
    '20 messages of 10 s each, and in the %s queue %i more, are handled by two runs of 10 slots in 40 s; one that came later in its turn',
    async (from, count) => {
      const rest = Array.from({ length: count }, (_, index) => `note ${from}-${index} 10`);
      const [first, second] = [new MadeUpQueue(), new MadeUpQueue()];
      (from === 'first' ? first : second).waiting.push(...rest.map((body) => received(body)));
      const startedAtMs = clock.now();
      clock.at(startedAtMs + 5_000, () => void first.waiting.push(received('note urgent 10')));
      let [open, most, urgentAtMs] = [0, 0, 0];
      const counted = async (note: Note) => {
        open += 1;
        most = Math.max(most, open);
        await work(note);
        open -= 1;
        if (note.deliveryId === 'urgent') urgentAtMs = clock.now();
        return read;
      };
      const own = (run: number) => Array.from({ length: 10 }, (_, index) => `note own-${run}-${index} 10`);
      const ports = { queues: [first, second] as const, slots: 10, reservedSlots: 1 };
      await Promise.all([run(own(1), counted, ports), run(own(2), counted, ports)]);
      expect(most).toBe(20);
      expect(urgentAtMs - startedAtMs).toBeLessThan(from === 'second' ? 25_000 : 42_000);
      expect(clock.now() - startedAtMs).toBeLessThan(42_000);
    },
  );

  it('law: no more are open than there are slots, and none of the second in the reserved ones; each is settled once', async () => {
    const bodies = (queue: string) =>
      fc
        .array(fc.integer({ min: 0, max: 25 }), { maxLength: 40 })
        .map((all) => all.map((takesS, index) => `note ${queue}-${index} ${takesS}`));
    const slotsOf = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(
        bodies('own'),
        bodies('first'),
        bodies('second'),
        slotsOf,
        fc.nat(3),
        async (own, one, two, slots, reserve) => {
          clock = new VirtualClock();
          const reservedSlots = Math.min(reserve, slots - 1);
          const [first, second] = [new MadeUpQueue(...one), new MadeUpQueue(...two)];
          const open = new Map<string, string>();
          const handled: string[] = [];
          const begun = own.slice(0, Math.min(10, slots));
          const watched = async (note: Note) => {
            const [queue = ''] = note.deliveryId.split('-');
            // Time stands still while the run begins what it took.
            open.set(note.deliveryId, queue);
            expect(open.size).toBeLessThanOrEqual(slots);
            if (queue === 'second') expect(open.size).toBeLessThanOrEqual(slots - reservedSlots);
            await work(note);
            open.delete(note.deliveryId);
            handled.push(note.deliveryId);
            return read;
          };
          await run(begun, watched, { queues: [first, second], slots, reservedSlots });
          const left = [...first.waiting, ...second.waiting].map(({ body }) => body);
          expect([...first.deleted, ...second.deleted, ...left].toSorted()).toEqual(
            [...begun, ...one, ...two].toSorted(),
          );
          expect(new Set(handled).size).toBe(handled.length);
        },
      ),
    );
  });
});
