import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../acceptance/client.ts';
import { type Service, startService } from '../service/service.ts';
import { geweOperationIds, operationOf } from './documented.ts';
import { type Judge, startJudge } from './judge.ts';
import { spoilRecord } from './spoiled-record.ts';

const token = 'token-of-the-gewe-surface';
const wait = { headers: { Prefer: 'wait=20' } };

let service: Service;
let judge: Judge;
let appId = '';
let device = 0;
beforeAll(async () => {
  // A call whose connection is lost keeps its refresh no longer than it must.
  service = await startService({ env: { GEWE_LIST_TIMEOUT_S: '1', GEWE_CACHE_WINDOW_S: '0' } });
  judge = await startJudge(service.url, token);
});
afterAll(async () => {
  await judge.close();
  await service.close();
});
beforeEach(() => {
  device += 1;
  appId = `wx_gewe_surface_${device}`;
  service.gewe.mock.setScenario('normal');
});

describe('within the contract', () => {
  it.each(['fetchContactsList', 'fetchContactsListSelfHosted'] as const)(
    '%s gives the list, or says that it is not there yet',
    async (id) => {
      const pending = await judge.ask(id, { appId, headers: { Prefer: 'respond-async' } });
      expect(JSON.parse(pending.text).ret).toBe(202);
      expect(pending.headers['preference-applied']).toBe('respond-async');
      const list = await judge.ask(id, { appId, ...wait });
      expect(JSON.parse(list.text).data.friends).toHaveLength(29);
      expect(list.headers['preference-applied']).toBe('wait=20');
    },
  );

  it.each(['fetchContactsListCache', 'fetchContactsListCacheSelfHosted'] as const)(
    '%s gives the stored list, or success without data',
    async (id) => {
      const nothing = await judge.ask(id, { appId });
      expect(JSON.parse(nothing.text)).toMatchObject({ ret: 200, msg: '操作成功' });
      await judge.ask('startRefresh', { appId, ...wait });
      expect(JSON.parse((await judge.ask(id, { appId })).text).data.ghs).toHaveLength(5);
    },
  );

  it.each([
    ['token-rejected', 'token-rejected'],
    ['device-unknown', 'device-unknown'],
    ['offline', 'device-offline'],
    ['no-data', 'upstream-empty'],
    ['malformed', 'upstream-malformed'],
    ['server-error', 'upstream-error'],
  ] as const)('a failure of GeWe, %s, is reported by both APIs as %s', async (scenario, code) => {
    service.gewe.mock.setScenario(scenario);
    const failed = await judge.ask('fetchContactsList', { appId, ...wait });
    expect(JSON.parse(failed.text)).toMatchObject({ ret: 500, data: { code } });
    const started = await judge.ask('startRefresh', { appId, ...wait });
    expect(JSON.parse(started.text).error.type).toBe(`urn:problem-type:gewe-contacts:${code}`);
  });

  describe.each(geweOperationIds)('%s', (id) => {
    it.each([
      ['no token', { token: '' }, 'token-missing'],
      ['a token with a space', { token: 'a b' }, 'token-invalid'],
      // As text: Prism refuses broken JSON itself.
      ['broken JSON', { body: '{', headers: { 'Content-Type': 'text/plain' } }, 'invalid-json'],
      ['no appId', { body: {} }, 'invalid-request'],
      ['an appId that is a number', { body: { appId: 7 } }, 'invalid-request'],
      ['100 KB', { body: { appId: 'x'.repeat(100_000) } }, 'body-too-large'],
    ])('refuses %s', async (_what, question, code) => {
      const reply = await judge.askWrongly(id, question);
      expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code } });
    });

    it('tells a fault of this service', async () => {
      await spoilRecord(service.dynamoDbUrl, token, appId);
      const reply = await judge.ask(id, { appId });
      expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'internal-error' } });
    });

    it('gives the same list in gzip', async () => {
      await judge.ask('startRefresh', { appId, ...wait });
      const headers = { 'Accept-Encoding': 'gzip' };
      const gzip = await judge.ask(id, { appId, headers });
      const plain = await judge.ask(id, { appId, headers: { 'Accept-Encoding': 'identity' } });
      expect(gzip.text).toBe(plain.text);
      // Past Prism, which decodes.
      const url = service.url + operationOf(id).path;
      const direct = await call(url, 'POST', { token, body: { appId }, headers });
      expect(direct.headers['content-encoding']).toBe('gzip');
      expect(JSON.parse(direct.text)).toEqual(JSON.parse(plain.text));
    });
  });
});

describe('of the contract', () => {
  it('every answer of this surface was given', () => {
    expect(judge.neverHeard('gewe-surface')).toEqual([]);
  });

  it('every header was sent, and no other', () => {
    expect(judge.neverSentHeaders().filter((name) => name.startsWith('fetch'))).toEqual([]);
    expect(judge.undocumentedHeaders()).toEqual([]);
  });
});
