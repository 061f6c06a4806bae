import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createWaitingCounts } from '../lib/aws/dynamodb/waiting-counts.ts';
import { createBodyStore } from '../lib/aws/s3/body-store.ts';
import { parseForwardMessage } from '../lib/aws/sqs/messages.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createDeadLetters, createForwardQueue } from '../lib/aws/sqs/queues.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { createSourceQueue } from '../lib/aws/sqs/source-queue.ts';
import { type ForwardPorts, forwardCallback } from '../lib/callbacks/forward.ts';
import type { BodyStore, ForwardMessage, SealedBody } from '../lib/callbacks/ports.ts';
import { createTargets } from '../lib/callbacks/targets.ts';
import { createWaitingCallbacks } from '../lib/callbacks/waiting.ts';
import { parseCallback } from '../lib/gewe/callback-wire.ts';
import { createBodyOpener, createBodySealer } from '../lib/sealing/body-sealing.ts';
import { keyringOf } from '../lib/sealing/keyring.ts';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { systemClock } from '../lib/system/clock.ts';
import { createLog } from '../lib/telemetry/log.ts';
import { createWebhookClient } from '../lib/webhook/deliver.ts';
import { contextOf } from '../mocks/local-stack/functions.ts';
import { startPoller } from '../mocks/local-stack/poller.ts';
import { type LocalSqs, startSqs } from '../mocks/local-stack/sqs.ts';
import { localLocation, useLocalTable } from './support/local-table.ts';
import { type ReceivedRequest, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts';

// Forwarding on real queues, tables, buckets and servers. Its time runs quickly.

const localTable = useLocalTable();
let sqs: LocalSqs;
let client: SQSClient;
let bodyStore: BodyStore;
let key: Awaited<ReturnType<typeof newSealingKey>>;

beforeAll(async () => {
  sqs = await startSqs({
    queues: [
      { name: 'forward', visibilityTimeoutS: 60 },
      { name: 'forward-dead', visibilityTimeoutS: 60 },
    ],
    buckets: ['bodies'],
  });
  client = createSqsClient(localLocation(sqs.url));
  bodyStore = createBodyStore({ name: 'bodies', location: localLocation(sqs.url) });
  key = await newSealingKey();
});
afterAll(async () => {
  client.destroy();
  await sqs.close();
});

let ends: (() => Promise<unknown>)[];
let logged: string[];
/** Told whenever a message is sent again. */
let sentAgain: (count: number) => void;

beforeEach(() => {
  ends = [];
  logged = [];
  sentAgain = () => undefined;
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
});

const startedAtMs = Date.now();
/** Ten minutes pass in three seconds. */
const speed = 200;
const clock = {
  now: () => startedAtMs + (Date.now() - startedAtMs) * speed,
  sleep: async () => undefined,
};

/** Forwards until the test ends. */
function startRelay(): ForwardPorts {
  const table = localTable.open();
  const queue = createForwardQueue(client, sqs.queueUrl('forward'));
  let count = 0;
  const ports: ForwardPorts = {
    callbacks: createCallbackStore(table),
    bodyStore,
    opener: createBodyOpener(keyringOf([key.privateKey])),
    parse: parseCallback,
    webhook: createWebhookClient({ allowLoopback: true, timeoutMs: 1_000 }),
    deadLetters: createDeadLetters(client, sqs.queueUrl('forward-dead')),
    queue: {
      async send(message, delayS) {
        sentAgain(++count);
        await sleep((delayS * 1000) / speed);
        await queue.send(message, 0);
      },
    },
    targets: createTargets(40),
    waiting: createWaitingCallbacks(createWaitingCounts(table), 10_000, clock),
    ownHosts: [],
    clock,
    random: Math.random,
  };
  const handler = queueHandler(
    parseForwardMessage,
    // The time of the run does not run quickly.
    (message, _handle, { signal }) => forwardCallback(message, ports, { signal, budgetMs: 24 * 3_600_000 }),
    {
      queues: [createSourceQueue(client, sqs.queueUrl('forward'))],
      slots: 8,
      graceMs: 100,
      leastBudgetMs: 2_000,
      clock: systemClock,
      log: createLog('DEBUG', (line) => logged.push(line)),
    },
  );
  const runs: Promise<unknown>[] = [];
  const poller = startPoller({
    client,
    queueUrl: sqs.queueUrl('forward'),
    queueName: 'forward',
    served: { key: 'forward-callback', name: 'forward-callback', allowsLoops: true },
    concurrency: 2,
    batchSize: 1,
    async invoke(event) {
      const run = handler(event, contextOf(60_000));
      runs.push(run);
      return { kind: 'answered', payload: await run };
    },
    log: (line) => logged.push(line),
    waitS: 0,
  });
  // What a run still waits for is another test's.
  ends.push(() => poller.stop().then(() => Promise.all(runs)));
  return ports;
}

async function forwardTo(target: string): Promise<void> {
  const store = createCallbackStore(localTable.open());
  await store.compareAndSet('canary-key', await store.load('canary-key'), {
    rev: 1,
    tokenKey: randomBytes(32),
    salt: randomBytes(16),
    idHash: randomBytes(32),
    forwardTo: target,
    registered: true,
    createdAtMs: clock.now(),
    ownHosts: ['contacts.example.com'],
  });
}

/** What `receive-callback` sends: a body in the message, or where it is large a stored one. */
async function receive(deliveryId: string, body: Uint8Array, receivedAtMs = clock.now()): Promise<void> {
  const binding = { callbackKey: 'canary-key', deliveryId };
  const sealed = await createBodySealer(key.publicKey).seal(body, binding);
  const rests: SealedBody = sealed.length < 100_000 ? { sealed } : { stored: true };
  if ('stored' in rests) await bodyStore.put(deliveryId, sealed);
  const message: ForwardMessage = {
    kind: 'forward',
    ...binding,
    receivedAtMs,
    contentType: 'application/json',
    bytes: body.byteLength,
    body: rests,
  };
  await createForwardQueue(client, sqs.queueUrl('forward')).send(message, 0);
}

/** Messages that the queue holds, hidden ones included. */
async function waiting(queue: string): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: sqs.queueUrl(queue),
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes: numbers = {} } = await client.send(command);
  return Object.values(numbers).reduce((sum, number) => sum + Number(number), 0);
}

async function drained(): Promise<void> {
  while ((await waiting('forward')) > 0);
}

const bodies = new Map<string, Buffer>([
  ['json', Buffer.from('{"TypeName":"AddMsg","Data":{"NewMsgId":7268255507978211143}}')],
  ['not UTF-8', Buffer.of(0x7b, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0d, 0x0a)],
  ['empty', Buffer.alloc(0)],
  ['random', randomBytes(10_000)],
  ['4 MiB', randomBytes(4 * 1024 * 1024)],
]);

it('brings every callback to a target that was down, hung, answered 500, redirected and was slow, byte by byte', async () => {
  const { port, close } = await startScriptedServer((response) => response.end());
  await close();
  await forwardTo(`http://127.0.0.1:${port}/canary-path`);
  const isDown = Promise.withResolvers<void>();
  sentAgain = (count) => count >= 10 && isDown.resolve();
  startRelay();
  for (const [id, body] of bodies) await receive(id, body);
  await isDown.promise;

  const elsewhere = await startScriptedServer((response) => response.end());
  ends.push(elsewhere.close);
  const accepted: ReceivedRequest[] = [];
  const allArrived = Promise.withResolvers<void>();
  let requests = 0;
  const bot: ScriptedServer = await startScriptedServer(
    (response, request) => {
      requests += 1;
      if (requests <= 1) return;
      if (requests <= 3) return void response.writeHead(500).end('canary-answer');
      const location = `http://127.0.0.1:${elsewhere.port}/`;
      if (requests <= 4) return void response.writeHead(307, { location }).end();
      accepted.push(request);
      const ids = accepted.map(({ headers }) => headers['x-gewe-contacts-delivery']);
      if (new Set(ids).size === bodies.size) allArrived.resolve();
      setTimeout(() => response.end('canary-answer'), 50);
    },
    { port },
  );
  ends.push(bot.close);
  await allArrived.promise;
  await drained();

  // At least once: a machine that is busy may take longer for one than the webhook waits.
  for (const [id, body] of bodies) {
    const arrivals = accepted.filter(({ headers }) => headers['x-gewe-contacts-delivery'] === id);
    expect(arrivals.length, id).toBeGreaterThan(0);
    expect(arrivals.every((arrival) => arrival.body.equals(body))).toBe(true);
  }
  expect(elsewhere.connections()).toBe(0);
  expect(await waiting('forward-dead')).toBe(0);
  const log = logged.join('');
  expect(log).toContain('failed-connection');
  expect(log).toContain('failed-timeout');
  expect(log).toContain('failed-500');
  expect(log).toContain('failed-307');
  expect(log).not.toMatch(/canary-(path|answer)|TypeName|127\.0\.0\.1/);
});

it('lays to rest what cannot be delivered for a day, and delivers it when it is put back', async () => {
  await forwardTo('http://10.0.0.1/');
  startRelay();
  const body = randomBytes(400_000);
  await receive('given up', body, clock.now() - 25 * 3_600_000);
  await drained();
  expect(logged.join('')).toContain('given-up');

  const arrived = Promise.withResolvers<ReceivedRequest>();
  const bot = await startScriptedServer((response, request) => {
    response.end();
    arrived.resolve(request);
  });
  ends.push(bot.close);
  await forwardTo(`http://127.0.0.1:${bot.port}/`);
  const QueueUrl = sqs.queueUrl('forward-dead');
  const { Messages: [dead] = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  const MessageBody = dead?.Body;
  await client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('forward'), MessageBody }));
  expect((await arrived.promise).body.equals(body)).toBe(true);
  await drained();
});

it('drops what waits for a callback that is gone', async () => {
  await createCallbackStore(localTable.open()).delete('canary-key');
  await receive('orphan', randomBytes(400_000));
  startRelay();
  await drained();
  expect(logged.join('')).toContain('dropped');
});
