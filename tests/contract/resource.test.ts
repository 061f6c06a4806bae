import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../acceptance/client.ts';
import { type Service, startService } from '../service/service.ts';
import {
  answeredByNoFunction,
  deviceOperationIds,
  documentedAnswers,
  operationIds,
  operations,
} from './documented.ts';
import { type Judge, startJudge } from './judge.ts';
import { spoilRecord } from './spoiled-record.ts';

const token = 'token-of-the-resource';
const unknownDigest = 'x'.repeat(43);
/** What an operation needs besides the device. */
const unknown = { refreshId: '0000001-aaaaaaaaaaaaaaaa', since: unknownDigest };
const wait = { headers: { Prefer: 'wait=20' } };
const gzip = { 'Accept-Encoding': 'gzip' };

let service: Service;
let judge: Judge;
let appId = '';
let device = 0;
beforeAll(async () => {
  service = await startService();
  judge = await startJudge(service.url, token);
});
afterAll(async () => {
  await judge.close();
  await service.close();
});
beforeEach(() => {
  device += 1;
  appId = `wx_resource_${device}`;
  service.gewe.mock.setScenario('normal');
});

describe('within the contract', () => {
  it('a refresh is followed from its start to its end', async () => {
    service.gewe.mock.setScenario('slow', 0.3);
    const started = await judge.ask('startRefresh', { appId, headers: { Prefer: 'respond-async' } });
    expect(started).toMatchObject({ status: 202, headers: { 'preference-applied': 'respond-async' } });
    const refreshId: string = JSON.parse(started.text).id;
    const underWay = await judge.ask('getRefresh', { appId, refreshId });
    expect(underWay.headers['retry-after']).toMatch(/^\d+$/);
    const ended = await judge.ask('getRefresh', { appId, refreshId, ...wait });
    expect(JSON.parse(ended.text)).toMatchObject({ status: 'succeeded', error: null });
  });

  it('a refresh can be started and end within the wait', async () => {
    const ended = await judge.ask('startRefresh', { appId, ...wait });
    expect(ended).toMatchObject({ status: 200, headers: { 'preference-applied': 'wait=20' } });
  });

  it('a body of a start is ignored, whatever its size', async () => {
    const body = 'x'.repeat(1_000_000);
    const headers = { 'Content-Type': 'text/plain' };
    expect((await judge.ask('startRefresh', { appId, body, headers })).status).toBe(202);
  });

  it('a list is given, plain and in gzip, and 304 to who has it', async () => {
    await judge.ask('startRefresh', { appId, ...wait });
    const list = await judge.ask('getContacts', { appId });
    expect(list.status).toBe(200);
    expect((await judge.ask('getContacts', { appId, headers: gzip })).text).toBe(list.text);
    // Past Prism, which decodes.
    const direct = await call(`${service.url}/v1/devices/${appId}/contacts`, 'GET', { token, headers: gzip });
    expect(direct.headers['content-encoding']).toBe('gzip');
    const headers = { 'If-None-Match': list.headers.etag ?? '' };
    expect((await judge.ask('getContacts', { appId, headers })).status).toBe(304);
  });

  it('changes are told, that there are none, and that they are no longer known', async () => {
    await judge.ask('startRefresh', { appId, ...wait });
    const tag = (await judge.ask('getContacts', { appId })).headers.etag ?? '';
    const none = await judge.ask('getChanges', { appId, since: tag });
    expect(JSON.parse(none.text).added.friends).toEqual([]);
    service.gewe.mock.setScenario('shrunken');
    await judge.ask('startRefresh', { appId, ...wait });
    const changes = await judge.ask('getChanges', { appId, since: tag.slice(3, -1) });
    expect(JSON.parse(changes.text).added.friends).not.toEqual([]);
    expect((await judge.ask('getChanges', { appId, since: unknownDigest })).status).toBe(410);
  });

  it('a device is erased, and nothing of it found then', async () => {
    await judge.ask('startRefresh', { appId, ...wait });
    expect((await judge.ask('eraseDevice', { appId })).status).toBe(204);
    for (const id of ['getContacts', 'getChanges', 'getRefresh'] as const) {
      expect((await judge.ask(id, { appId, ...unknown })).status).toBe(404);
    }
  });

  describe.each(deviceOperationIds)('%s', (id) => {
    it.each([
      ['no token', { token: '' }, 401, 'token-missing'],
      ['a token with a space', { token: 'a b' }, 401, 'token-invalid'],
      ['a device id with a dot', { appId: 'wx.demo' }, 400, 'invalid-request'],
    ])('refuses %s', async (_what, question, status, name) => {
      const reply = await judge.askWrongly(id, { ...unknown, ...question });
      expect(reply.status).toBe(status);
      expect(JSON.parse(reply.text).type).toBe(`urn:problem-type:gewe-contacts:${name}`);
    });

    it('tells a fault of this service', async () => {
      await spoilRecord(service.dynamoDbUrl, token, appId);
      const reply = await judge.ask(id, { ...unknown, appId });
      expect(reply.status).toBe(500);
      expect(JSON.parse(reply.text).type).toBe('urn:problem-type:gewe-contacts:internal-error');
    });
  });

  it.each([
    ['no since', {}],
    ['a since that is no digest', { since: 'x' }],
  ])('getChanges refuses %s', async (_what, question) => {
    const reply = await judge.askWrongly('getChanges', question);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text).errors).toEqual([{ parameter: 'since', detail: expect.any(String) }]);
  });

  it('getRefresh knows no refresh by an id that is none', async () => {
    expect((await judge.askWrongly('getRefresh', { refreshId: 'x' })).status).toBe(404);
  });
});

describe('of the contract', () => {
  it('no operation is left out, and there is no other', () => {
    expect([...operations.keys()].toSorted()).toEqual([...operationIds].toSorted());
  });

  it('every answer of the resource was given but those of a fault of its stores or settings', () => {
    expect(judge.neverHeard('resource')).toEqual([]);
  });

  it('nothing is excused that it does not describe', () => {
    expect(documentedAnswers).toEqual(expect.arrayContaining(Object.keys(answeredByNoFunction)));
  });

  it('every header was sent', () => {
    expect(judge.neverSentHeaders()).toEqual([]);
  });

  it('no header was sent that it does not describe', () => {
    expect(judge.undocumentedHeaders()).toEqual([]);
  });
});

describe('the judge', () => {
  it('is awake: it tells of a request that breaks the contract', async () => {
    await expect(judge.ask('getContacts', { appId: 'wx.demo' })).rejects.toThrow('appid');
  });
});
