import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { callbackKeyOf } from '../../lib/callbacks/callback-id.ts';
import { tokenKeyOf } from '../../lib/device/keys.ts';
import { call } from '../acceptance/client.ts';
import { location, type Service, startService, tableName } from '../service/service.ts';
import type { OperationId } from './documented.ts';
import { type Judge, type Question, startJudge } from './judge.ts';
import { spoilRecord } from './spoiled-record.ts';

const token = 'token-of-events';
const wait = { headers: { Prefer: 'wait=20' } };
const largeBody = JSON.stringify({ refreshOnCallbacks: true, x: 'x'.repeat(70_000) });

let service: Service;
let judge: Judge;
let appId = '';
let device = 0;
beforeAll(async () => {
  service = await startService({ env: { FORWARD_TO_LOOPBACK: 'ALLOW' } });
  judge = await startJudge(service.url, token);
});
afterAll(async () => {
  await judge.close();
  await service.close();
});
beforeEach(() => {
  device += 1;
  appId = `wx_events_${device}`;
  service.gewe.mock.setScenario('normal');
});

async function problemOf(id: OperationId, question: Question, status: number): Promise<string> {
  const reply = await judge.askWrongly(id, question);
  expect(reply.status).toBe(status);
  return String(JSON.parse(reply.text).type).replace('urn:problem-type:gewe-contacts:', '');
}

describe('a subscription, within the contract', () => {
  it('is put, changed, told and deleted', async () => {
    const body = { refreshEverySeconds: 3600 };
    const put = await judge.ask('putSubscription', { appId, body });
    expect(put.status).toBe(201);
    const { id, nextRefreshAt, createdAt } = JSON.parse(put.text);
    expect(Date.parse(nextRefreshAt) - Date.parse(createdAt)).toBe(3_600_000);
    expect((await judge.ask('putSubscription', { appId, body })).text).toBe(put.text);
    const changed = await judge.ask('putSubscription', { appId, body: { refreshOnCallbacks: false } });
    expect(JSON.parse(changed.text)).toMatchObject({ id, refreshEverySeconds: null, nextRefreshAt: null });
    expect(await judge.ask('getSubscription', { appId })).toMatchObject({ status: 200, text: changed.text });
    expect((await judge.ask('deleteSubscription', { appId })).status).toBe(204);
    expect((await judge.ask('deleteSubscription', { appId })).status).toBe(204);
    expect((await judge.ask('getSubscription', { appId })).status).toBe(404);
    expect(JSON.parse((await judge.ask('putSubscription', { appId })).text).id).not.toBe(id);
  });

  it('tells of a device that fails, and is stopped by a token that is rejected', async () => {
    await judge.ask('putSubscription', { appId, body: { refreshEverySeconds: 600 } });
    service.gewe.mock.setScenario('offline');
    await judge.ask('startRefresh', { appId, ...wait });
    expect(JSON.parse((await judge.ask('getSubscription', { appId })).text)).toMatchObject({
      status: 'active',
      failures: 1,
      offlineSince: expect.any(String),
      error: { type: 'urn:problem-type:gewe-contacts:device-offline' },
    });
    service.gewe.mock.setScenario('token-rejected');
    await judge.ask('startRefresh', { appId, ...wait });
    expect(JSON.parse((await judge.ask('getSubscription', { appId })).text)).toMatchObject({
      status: 'stopped',
      nextRefreshAt: null,
    });
  });

  it('goes with its device', async () => {
    await judge.ask('putSubscription', { appId });
    await judge.ask('eraseDevice', { appId });
    expect((await judge.ask('getSubscription', { appId })).status).toBe(404);
  });

  it.each([
    ['token-rejected', 403, 'token-rejected'],
    ['device-unknown', 404, 'device-unknown'],
    ['server-error', 502, 'token-unverified'],
    ['reset', 502, 'token-unverified'],
  ] as const)('is refused while GeWe says %s, and leaves nothing', async (scenario, status, type) => {
    service.gewe.mock.setScenario(scenario);
    expect(await problemOf('putSubscription', { appId }, status)).toBe(type);
    expect((await judge.ask('getSubscription', { appId })).status).toBe(404);
  });

  it('is taken without asking GeWe for a device whose list was fetched', async () => {
    await judge.ask('startRefresh', { appId, ...wait });
    service.gewe.mock.setScenario('server-error');
    expect((await judge.ask('putSubscription', { appId })).status).toBe(201);
  });

  it.each([
    ['[]', 400, 'invalid-request'],
    ['{"refreshEverySeconds":59}', 400, 'invalid-request'],
    ['{"refreshEverySeconds":2592001}', 400, 'invalid-request'],
    ['{"refreshEverySeconds":"60"}', 400, 'invalid-request'],
    ['{"refreshEverySeconds":60.5}', 400, 'invalid-request'],
    ['{"refreshEverySecond":60}', 400, 'invalid-request'],
    ['{"refreshOnCallbacks":1}', 400, 'invalid-request'],
    [largeBody, 413, 'body-too-large'],
  ])('refuses the body %.40s', async (body, status, type) => {
    expect(await problemOf('putSubscription', { appId, body }, status)).toBe(type);
  });
});

describe('a callback, within the contract', () => {
  it('is put, told and deleted, and takes what GeWe posts', async () => {
    const put = await judge.ask('putCallback', { body: { register: true } });
    expect(put.status).toBe(201);
    const { url, registered } = JSON.parse(put.text);
    expect(registered).toBe(true);
    const callbackId = new URL(url).pathname.split('/').at(-1) ?? '';
    const kept = await judge.ask('receiveCallback', { callbackId, token: '', body: '{"testMsg":"x"}' });
    expect([kept.status, kept.text]).toEqual([200, '{"ret":200,"msg":"success"}']);
    expect((await judge.ask('putCallback', { body: { forwardTo: null } })).status).toBe(200);
    expect(JSON.parse((await judge.ask('getCallback')).text).url).toBe(url);
    const headers = { 'Content-Type': 'text/plain' };
    const tooLarge = { callbackId, token: '', headers, body: 'x'.repeat(5 * 1024 * 1024 + 1) };
    expect(await problemOf('receiveCallback', tooLarge, 413)).toBe('callback-too-large');
    expect((await judge.ask('deleteCallback')).status).toBe(204);
    expect((await judge.ask('getCallback')).status).toBe(404);
    expect(await problemOf('receiveCallback', { callbackId, token: '' }, 404)).toBe('not-found');
  });

  it.each([
    ['token-rejected', { register: true }, 403, 'token-rejected'],
    ['server-error', { register: true }, 502, 'token-unverified'],
    ['token-rejected', {}, 403, 'token-rejected'],
    ['server-error', {}, 502, 'token-unverified'],
  ] as const)(
    'is refused while GeWe says %s to %j, and leaves nothing',
    async (scenario, body, status, type) => {
      service.gewe.mock.setScenario(scenario);
      const stranger = `token-of-events-${scenario}-${status}-${Object.keys(body)}`;
      expect(await problemOf('putCallback', { body, token: stranger }, status)).toBe(type);
      expect((await judge.ask('getCallback', { token: stranger })).status).toBe(404);
    },
  );

  it('whose URL GeWe does not take stays as it was put before', async () => {
    const known = 'token-of-events-not-registered';
    const put = await judge.ask('putCallback', { body: {}, token: known });
    expect(put.status).toBe(201);
    service.gewe.mock.setScenario('server-error');
    const body = { register: true };
    expect(await problemOf('putCallback', { body, token: known }, 502)).toBe('callback-not-registered');
    expect((await judge.ask('getCallback', { token: known })).text).toBe(put.text);
  });

  it.each([
    ['{"forwardTo":"http://169.254.169.254/"}', 400, 'invalid-request'],
    ['{"forwardTo":"gopher://bot.example.com/"}', 400, 'invalid-request'],
    ['{"forward":"https://bot.example.com/"}', 400, 'invalid-request'],
    [largeBody, 413, 'body-too-large'],
  ])('refuses the body %.60s', async (body, status, type) => {
    expect(await problemOf('putCallback', { body }, status)).toBe(type);
  });

  it.each(['putCallback', 'getCallback', 'deleteCallback'] as const)('%s wants a token', async (id) => {
    expect(await problemOf(id, { token: '' }, 401)).toBe('token-missing');
    expect(await problemOf(id, { token: 'a b' }, 401)).toBe('token-invalid');
  });
});

describe('chatrooms, within the contract', () => {
  it('are told page by page', async () => {
    await judge.ask('startRefresh', { appId, ...wait });
    const first = await judge.ask('getChatrooms', { appId, query: { limit: '3' } });
    const { chatrooms, next } = JSON.parse(first.text);
    expect(chatrooms).toHaveLength(3);
    expect(first.headers.link).toContain(`cursor=${next}`);
    const last = await judge.ask('getChatrooms', { appId, query: { limit: '3', cursor: next } });
    expect(JSON.parse(last.text)).toMatchObject({
      chatrooms: [{ saved: true }, { saved: true }],
      next: null,
    });
    expect(last.headers).not.toHaveProperty('link');
  });

  it('are nothing where nothing is stored', async () => {
    expect((await judge.ask('getChatrooms', { appId })).status).toBe(404);
  });

  it.each([{ limit: '0' }, { limit: '501' }, { limit: 'x' }, { cursor: '!' }])('refuse %j', async (query) => {
    expect(await problemOf('getChatrooms', { appId, query }, 400)).toBe('invalid-request');
  });
});

it.each(['/v1/devices/wx_demo/subscription', '/v1/callback'])(
  'a body that is no JSON is refused: PUT %s',
  async (path) => {
    // Past Prism, which never answers one.
    const reply = await call(`${service.url}${path}`, 'PUT', { token, body: '{' });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text).type).toBe('urn:problem-type:gewe-contacts:invalid-json');
  },
);

describe('everything about a device', () => {
  const ids = ['getChatrooms', 'putSubscription', 'getSubscription', 'deleteSubscription'] as const;

  it.each(ids)('%s wants a token and a device id', async (id) => {
    expect(await problemOf(id, { appId, token: '' }, 401)).toBe('token-missing');
    expect(await problemOf(id, { appId: 'wx.demo' }, 400)).toBe('invalid-request');
  });

  it.each(ids)('%s tells a fault of this service', async (id) => {
    await spoilRecord(service.dynamoDbUrl, token, appId);
    expect(await problemOf(id, { appId }, 500)).toBe('internal-error');
  });
});

describe('a callback whose record is spoiled', () => {
  const key = {
    pk: { S: `C#${callbackKeyOf(tokenKeyOf(token))}` },
    sk: { S: 'CALLBACK' },
  };
  const send = async (command: PutItemCommand | DeleteItemCommand) => {
    const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
    if (command instanceof PutItemCommand) await client.send(command);
    else await client.send(command);
    client.destroy();
  };
  beforeAll(() => send(new PutItemCommand({ TableName: tableName, Item: { ...key, rev: { N: '1' } } })));
  afterAll(() => send(new DeleteItemCommand({ TableName: tableName, Key: key })));

  it.each(['putCallback', 'getCallback', 'receiveCallback'] as const)('%s says so', async (id) => {
    const callbackId = `${callbackKeyOf(tokenKeyOf(token))}${'x'.repeat(32)}`;
    expect(await problemOf(id, { callbackId }, 500)).toBe('internal-error');
  });
});

describe('of the contract', () => {
  it('every answer about events was given but those of a fault of its stores or settings', () => {
    expect(judge.neverHeard('events')).toEqual([]);
  });

  it('every header was sent, and no other', () => {
    expect(judge.neverSentHeaders()).toEqual([]);
    expect(judge.undocumentedHeaders()).toEqual([]);
  });
});
