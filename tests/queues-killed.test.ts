import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBodyStore } from '../lib/aws/s3/body-store.ts';
import type { BodyStore } from '../lib/callbacks/ports.ts';
import { localAws } from '../mocks/local-stack/local-aws.ts';

// The queues and the bucket of `npm start` are killed again and again while bodies are put, and messages are sent, received,
// hidden, deleted and moved to the dead letters. `KILL_ROUNDS` says how often.

const rounds = Number(process.env.KILL_ROUNDS ?? 10);
const script = join(import.meta.dirname, 'queue-process.ts');

let folder: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-queues-'));
});
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts them over what is kept of them. */
async function start(): Promise<{ client: SQSClient; store: BodyStore }> {
  child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (!child.stdout) throw new Error('no output');
  const [line]: Buffer[] = await once(child.stdout, 'data');
  const location = { ...localAws, endpoint: line?.toString().trim() ?? '' };
  const store = createBodyStore({ name: 'bodies', location });
  return { client: new SQSClient({ ...location, maxAttempts: 1 }), store };
}

/** What was acknowledged, by the messages' bodies. */
const sent = new Set<string>();
const deleted = new Set<string>();
/** The answer to a delete did not come: it may have been done. */
const doubtful = new Set<string>();
const deadBodies = new Set<string>();
const cameBack: string[] = [];
let next = 0;

const queueUrl = (name: string) => `http://127.0.0.1/000000000000/${name}`;

/** The names of those that were acknowledged; each is its own text, repeated. */
const bodies = new Set<string>();
const textOf = (name: string) => name.repeat(1_000);

async function putOne(store: BodyStore): Promise<void> {
  const name = `body-${bodies.size}`;
  await store.put(name, textOf(name));
  bodies.add(name);
}

async function sendOne(client: SQSClient): Promise<void> {
  const body = String(next);
  next += 1;
  const DelaySeconds = next % 10 === 0 ? 1 : 0;
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl('work'), MessageBody: body, DelaySeconds }));
  sent.add(body);
}

/** `turn`: which of the messages are deleted is another matter each time. */
async function takeSome(client: SQSClient, name: 'work' | 'dead', turn: number): Promise<number> {
  const QueueUrl = queueUrl(name);
  const { Messages: messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  for (const { Body: body = '', ReceiptHandle } of messages) {
    if (deleted.has(body)) cameBack.push(body);
    if (name === 'dead') deadBodies.add(body);
    if (Number(body) % 7 === 0) {
      const VisibilityTimeout = Number(body) % 2;
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    } else if ((Number(body) + turn) % 2 === 0) {
      doubtful.add(body);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      deleted.add(body);
    }
  }
  return messages.length;
}

/** In both queues, whether they can be received just now or not. */
async function messagesLeft(client: SQSClient): Promise<number> {
  const AttributeNames = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  let count = 0;
  for (const name of ['work', 'dead']) {
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl(name),
      AttributeNames: [...AttributeNames],
    });
    const { Attributes = {} } = await client.send(command);
    for (const attribute of AttributeNames) count += Number(Attributes[attribute]);
  }
  return count;
}

/** Works until the process is gone. `done` is told of each piece. */
async function work(one: () => Promise<unknown>, done: () => void): Promise<void> {
  try {
    for (;;) {
      await one();
      done();
    }
  } catch {
    // It was killed.
  }
}

it(
  'a killed process has lost no message and no body that it took, and gives no message back that was deleted',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { client, store } = await start();
      // At another moment each time, with the work of the others half done.
      let pieces = 10 + ((round * 37) % 90);
      const done = () => {
        pieces -= 1;
        if (pieces === 0) child?.kill('SIGKILL');
      };
      const gone = child ? once(child, 'exit') : undefined;
      await Promise.all([
        work(() => sendOne(client), done),
        work(() => putOne(store), done),
        work(() => takeSome(client, 'work', round), done),
        work(() => takeSome(client, 'work', round), done),
        work(() => takeSome(client, 'dead', round), done),
      ]);
      await gone;
      client.destroy();
    }
    const { client, store } = await start();
    const expected = [...sent].filter((body) => !doubtful.has(body));
    const left = new Set(expected);
    while ((await messagesLeft(client)) > 0) {
      for (const name of ['work', 'dead'] as const) {
        const QueueUrl = queueUrl(name);
        const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
        const { Messages: messages = [] } = await client.send(receive);
        const deletes = messages.map(({ Body: body = '', ReceiptHandle }) => {
          if (deleted.has(body)) cameBack.push(body);
          left.delete(body);
          return client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        });
        await Promise.all(deletes);
      }
    }
    client.destroy();
    const lost: string[] = [];
    for (const name of bodies) if ((await store.get(name)) !== textOf(name)) lost.push(name);
    expect(lost).toEqual([]);
    expect(bodies.size).toBeGreaterThan(rounds);
    if (process.env.KILL_ROUNDS) {
      console.log({
        rounds,
        sent: sent.size,
        bodies: bodies.size,
        deleted: deleted.size,
        dead: deadBodies.size,
        lost: left.size,
        cameBack: cameBack.length,
      });
    }
    expect([...left]).toEqual([]);
    expect(cameBack).toEqual([]);
    expect(sent.size).toBeGreaterThan(rounds);
    expect(deleted.size).toBeGreaterThan(rounds);
    expect(deadBodies.size).toBeGreaterThan(0);
  },
  60_000 + rounds * 3_000,
);
