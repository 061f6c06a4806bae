import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { deviceOwnerOf } from '../../lib/device/keys.ts';
import type { PublicJwk } from '../../lib/sealing/jwk.ts';
import { createSealer } from '../../lib/sealing/token-sealing.ts';
import { newNonce } from '../../lib/system/random.ts';
import type { RunningGeweMock } from '../../mocks/gewe/serve.ts';
import { clientOf } from '../acceptance/client.ts';
import type { Aws } from './aws.ts';
import type { MiniStack } from './ministack.ts';
import { recordedCalls } from './recorded.ts';

/** What the steps below work with. */
export interface Scene {
  readonly url: string;
  readonly gewe: RunningGeweMock;
  readonly aws: Aws;
  readonly stack: MiniStack;
  readonly tableName: string;
  readonly table: DynamoDBClient;
  readonly refreshQueueUrl: string;
  readonly scheduleQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly forwardQueueUrl: string;
  readonly forwardDeadLetterQueueUrl: string;
  readonly signal: AbortSignal;
}

const token = 'token-of-crashes';
const patienceMs = 60_000;

/** Asks until it is so. Throws with `what` when it takes longer than a minute. */
export async function until(
  what: string,
  signal: AbortSignal,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  for (const endsAtMs = Date.now() + patienceMs; !(await isSo()); await sleep(250, undefined, { signal })) {
    if (Date.now() > endsAtMs) throw new Error(`waited a minute, and still not so: ${what}`);
  }
}

/** The latest message of a kind, as it was sent. */
export async function lastBody(stack: MiniStack, kind: 'step' | 'erase' | 'forward'): Promise<string> {
  for await (const { messageBody = '' } of recordedCalls(stack.url)) {
    if (messageBody.includes(`"kind":"${kind}"`)) return messageBody;
  }
  throw new Error(`no message of the kind ${kind} was recorded`);
}

/**
 * Messages that cannot be handled are hidden for a while, and retried: one of the schedule's queue, whose token nobody can open, and one
 * to be forwarded, whose callback is not stored as it should be.
 */
export async function failOnTheWay(scene: Scene): Promise<void> {
  const key = { pk: { S: 'C#failing' }, sk: { S: 'CALLBACK' } };
  const send = (QueueUrl: string, message: object) =>
    scene.aws('sqs', 'send-message', { QueueUrl, MessageBody: JSON.stringify(message) });
  const failed = (id: string) =>
    until(`${id} failed`, scene.signal, () =>
      scene.stack
        .output()
        .split('\n')
        .some((line) => line.includes('message failed; will be retried') && line.includes(id)),
    );
  await scene.table.send(new PutItemCommand({ TableName: scene.tableName, Item: key }));
  const received = { receivedAtMs: Date.now(), contentType: '', bytes: 1, body: { sealed: 'x' } };
  await send(scene.forwardQueueUrl, {
    kind: 'forward',
    callbackKey: 'failing',
    deliveryId: 'failing-delivery',
    ...received,
  });
  const step = { kind: 'step', deviceKey: 'failing', refreshId: 'failing-refresh', step: 1, sealed: 'x' };
  await send(scene.scheduleQueueUrl, step);
  await send(scene.refreshQueueUrl, { kind: 'wake' });
  await failed('failing-delivery');
  await failed('failing-refresh');
  await scene.table.send(new DeleteItemCommand({ TableName: scene.tableName, Key: key }));
}

/** A message of the schedule comes that belongs to an earlier step of its refresh: the current one's is sent, and the refresh goes on. */
export async function sendDueStep(scene: Scene, publicKey: PublicJwk): Promise<void> {
  const { aws, table, tableName, signal } = scene;
  const records = createRecordStore({ client: table, name: tableName }, newNonce);
  const secret = { token, appId: 'wx_late_step' };
  const { deviceKey } = deviceOwnerOf(secret);
  const nowMs = Date.now();
  const refresh = {
    id: '0000001-0000000000000000',
    trigger: 'schedule',
    status: 'queued',
    createdAtMs: nowMs,
    deadlineAtMs: nowMs + 24 * 3_600_000,
    attempt: 0,
    step: 2,
    retries: 0,
    notBeforeMs: nowMs,
    sentAtMs: nowMs,
  } as const;
  assert.equal(await records.compareAndSet(deviceKey, { rev: 1, superseded: {}, refresh }), true);
  const sealed = await createSealer(publicKey).seal(secret, deviceKey);
  const early = { kind: 'step', deviceKey, refreshId: refresh.id, step: 1, sealed };
  await aws('sqs', 'send-message', { QueueUrl: scene.scheduleQueueUrl, MessageBody: JSON.stringify(early) });
  await aws('sqs', 'send-message', { QueueUrl: scene.refreshQueueUrl, MessageBody: '{"kind":"wake"}' });
  await until('the refresh of the schedule succeeds', signal, async () => {
    const record = await records.load(deviceKey);
    return record?.refresh?.status === 'succeeded';
  });
}

/** The worker is killed while GeWe works on its list call: another takes over, and nothing that is stored is lost. */
export async function killWorker(scene: Scene): Promise<void> {
  const { appId, client, before, id } = await slowRefresh(scene, 'wx_killed');
  const workers = await scene.stack.workersOf('fetch-contacts');
  assert.notEqual(workers.length, 0, 'no worker of fetch-contacts runs');
  for (const pid of workers) process.kill(pid, 'SIGKILL');
  assert.equal((await client.getContacts(appId)).text, before.text);
  await ended(scene, appId, id);
  assert.equal((await client.getContacts(appId)).headers.etag, before.headers.etag);
}

/** A message lies with the dead letters while a worker still serves a copy of it: its refresh is not deadLetterHandled. */
export async function spareTheLiving(scene: Scene): Promise<void> {
  const { appId, id } = await slowRefresh(scene, 'wx_spared');
  const copy = { QueueUrl: scene.deadLetterQueueUrl, MessageBody: await lastBody(scene.stack, 'step') };
  await scene.aws('sqs', 'send-message', copy);
  await ended(scene, appId, id);
}

/**
 * Storing a subscription was cut off before its token was there, and the device is due: gives what waits until the schedule has put it
 * off.
 */
export async function leaveWithoutToken({ table, tableName, signal }: Scene): Promise<() => Promise<void>> {
  const records = createRecordStore({ client: table, name: tableName }, newNonce);
  const { deviceKey } = deviceOwnerOf({ token, appId: 'wx_without_token' });
  const dueAtMs = Date.now();
  const terms = { everyMs: 3_600_000, anchorMs: dueAtMs, onCallbacks: false, failures: 0 };
  const subscription = { suffix: 'without0', createdAtMs: dueAtMs, dueAtMs, ...terms };
  assert.equal(await records.compareAndSet(deviceKey, { rev: 1, superseded: {}, subscription }), true);
  return () =>
    until('the schedule puts off a device without a token', signal, async () => {
      const record = await records.load(deviceKey);
      return (record?.subscription?.dueAtMs ?? 0) > dueAtMs;
    });
}

/** A device with a stored list, and a refresh of it that GeWe works on for two seconds and a half. */
async function slowRefresh({ url, gewe, signal }: Scene, appId: string) {
  const client = clientOf(url, token);
  gewe.mock.setScenario('normal');
  await client.fetchContactsList(appId, { headers: { Prefer: 'wait=20' } });
  const before = await client.getContacts(appId);
  assert.equal(before.status, 200, before.text);
  gewe.mock.setScenario('slow', 2.5);
  const { id } = JSON.parse((await client.startRefresh(appId)).text);
  await until('GeWe is called', signal, () => gewe.mock.state.callsOf(token, appId).openListCalls === 1);
  return { appId, client, before, id };
}

/** Waits until a refresh has ended, and throws unless it succeeded. */
async function ended({ url, signal }: Scene, appId: string, id: string): Promise<void> {
  await until('the refresh ends', signal, async () => {
    const reply = await clientOf(url, token).getRefresh(appId, id, { headers: { Prefer: 'wait=5' } });
    const refresh = JSON.parse(reply.text);
    if (refresh.endedAt === null) return false;
    assert.equal(refresh.status, 'succeeded', reply.text);
    return true;
  });
}

/**
 * A late worker writes into what was erased: the erasure of 15 minutes later deletes it, also when it ends as
 * a dead letter. The message is the one that was sent, only earlier: SQS cannot be made to hurry.
 */
export async function eraseLateWrites(scene: Scene): Promise<void> {
  const client = clientOf(scene.url, token);
  scene.gewe.mock.setScenario('normal');
  for (const queueUrl of [scene.refreshQueueUrl, scene.deadLetterQueueUrl]) {
    await client.fetchContactsList('wx_late', { headers: { Prefer: 'wait=20' } });
    assert.equal((await client.eraseDevice('wx_late')).status, 204);
    const body = await lastBody(scene.stack, 'erase');
    const { deviceKey, rev } = JSON.parse(body);
    const key = { pk: { S: `D#${deviceKey}` }, sk: { S: 'SNAPSHOT#A#09' } };
    const late = { ...key, fence: { N: String(rev) } };
    const here = { TableName: scene.tableName };
    await scene.table.send(new PutItemCommand({ ...here, Item: late }));
    await scene.aws('sqs', 'send-message', { QueueUrl: queueUrl, MessageBody: body });
    try {
      await until(`${queueUrl} erases what came late`, scene.signal, async () => {
        const { Item: item } = await scene.table.send(new GetItemCommand({ ...here, Key: key }));
        return item === undefined;
      });
    } finally {
      await scene.table.send(new DeleteItemCommand({ ...here, Key: key }));
    }
  }
}
