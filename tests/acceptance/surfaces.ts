import { beforeAll, describe, expect, it } from 'vitest';
import seedList from '../../mocks/gewe/seed-list.json' with { type: 'json' };
import { call, clientOf } from './client.ts';
import type { Target } from './target.ts';

/** What both APIs answer; `patientSettings`. */
export function surfacesSuite(targetOf: () => Target): void {
  let client: ReturnType<typeof clientOf>;
  let baseUrl: string;
  beforeAll(async () => {
    const target = targetOf();
    await target.setScenario('normal');
    baseUrl = target.url;
    client = clientOf(baseUrl, 'token-of-surfaces');
  });

  describe("GeWe's own surface", () => {
    it('gives the list, and gives it again from what is stored', async () => {
      const fetched = await client.fetchContactsList('wx_demo');
      expect(fetched).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
      expect(JSON.parse(fetched.text)).toEqual({ ret: 200, msg: '操作成功', data: seedList });
      expect(fetched.headers['cache-status']).toBe('gewe-contacts; fwd=request; stored');

      const cached = await client.fetchContactsListCache('wx_demo');
      expect(cached.text).toBe(fetched.text);
      expect(cached.headers['cache-status']).toBe('gewe-contacts; hit');
    });

    it('gives it under the prefix of the self-hosted builds too', async () => {
      const url = `${baseUrl}/v2/api/contacts/fetchContactsListCache`;
      const reply = await call(url, 'POST', { token: 'token-of-surfaces', body: { appId: 'wx_demo' } });
      expect(JSON.parse(reply.text).data.friends).toHaveLength(29);
    });

    it('gives nothing of it to another token, as GeWe says nothing', async () => {
      const stranger = clientOf(baseUrl, 'another-token');
      const reply = await stranger.fetchContactsListCache('wx_demo');
      expect(JSON.parse(reply.text)).toEqual({ ret: 200, msg: '操作成功' });
    });

    it('passes gzip through to who takes it, under the same entity tag', async () => {
      const plain = await client.fetchContactsListCache('wx_demo');
      const gzip = await client.fetchContactsListCache('wx_demo', {
        headers: { 'Accept-Encoding': 'br, gzip' },
      });
      expect(gzip.headers['content-encoding']).toBe('gzip');
      expect(gzip.bytes.length).toBeLessThan(plain.bytes.length);
      expect(gzip.text).toBe(plain.text);
      expect(gzip.headers.etag).toBe(plain.headers.etag);
    });

    const url = '/gewe/v2/api/contacts/fetchContactsList';
    it.each([
      ['no token', {}, 'token-missing'],
      ['a blank token', { token: '   ' }, 'token-missing'],
      ['a token with a space', { token: 'a b' }, 'token-invalid'],
      ['no body', { token: 't' }, 'invalid-json'],
      ['broken JSON', { token: 't', body: '{"appId":' }, 'invalid-json'],
      ['an array', { token: 't', body: '[]' }, 'invalid-request'],
      ['null', { token: 't', body: 'null' }, 'invalid-request'],
      ['no appId', { token: 't', body: '{}' }, 'invalid-request'],
      ['a number', { token: 't', body: '{"appId":7}' }, 'invalid-request'],
      ['a blank appId', { token: 't', body: '{"appId":" "}' }, 'invalid-request'],
      ['several MB', { token: 't', body: `{"appId":"${'x'.repeat(3_000_000)}"}` }, 'body-too-large'],
    ])('%s gets an envelope with HTTP 200 that says why', async (_what, request, code) => {
      const reply = await call(`${baseUrl}${url}`, 'POST', request);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, msg: expect.any(String), data: { code } });
    });

    it('what cannot be the name of an operation and another method are refused in its own words', async () => {
      const unknown = await call(`${baseUrl}/gewe/v2/api/contacts/no.thing`, 'POST', { token: 't' });
      expect(unknown.status).toBe(404);
      expect(JSON.parse(unknown.text)).toMatchObject({ ret: 404, data: { code: 'not-found' } });
      const wrong = await call(`${baseUrl}${url}`, 'GET', { token: 't' });
      expect(wrong).toMatchObject({ status: 405, headers: { allow: 'POST' } });
      expect(JSON.parse(wrong.text)).toMatchObject({ ret: 405 });
    });
  });

  describe('the resource', () => {
    it('gives the same bytes, with their name and age', async () => {
      const stored = await client.getContacts('wx_demo');
      expect(stored.text).toBe((await client.fetchContactsListCache('wx_demo')).text);
      expect(stored.headers).toMatchObject({
        etag: expect.stringMatching(/^W\/"[\w-]{43}"$/),
        age: expect.stringMatching(/^\d+$/),
        'cache-control': 'private, no-cache',
        vary: 'Accept-Encoding, X-GEWE-TOKEN',
        'cache-status': 'gewe-contacts; hit',
      });
      expect(Date.parse(stored.headers['last-modified'] ?? '')).toBeGreaterThan(Date.now() - 60_000);
    });

    it('answers 304 with the same headers and no body to who has the list', async () => {
      const stored = await client.getContacts('wx_demo');
      const again = await client.getContacts('wx_demo', {
        headers: { 'If-None-Match': stored.headers.etag ?? '' },
      });
      expect(again).toMatchObject({ status: 304, text: '' });
      for (const name of ['etag', 'last-modified', 'cache-control', 'vary', 'cache-status']) {
        expect(again.headers[name]).toBe(stored.headers[name]);
      }
    });

    it('says where to start when nothing is stored', async () => {
      const reply = await client.getContacts('wx_nothing');
      expect(reply).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
      expect(JSON.parse(reply.text)).toMatchObject({
        type: 'urn:problem-type:gewe-contacts:nothing-stored',
        status: 404,
        start: 'contacts/refreshes',
      });
    });

    it('follows a refresh from its start to its end', async () => {
      const started = await client.startRefresh('wx_follow');
      expect(started.status).toBe(202);
      const location = new URL(
        started.headers.location ?? '',
        `${baseUrl}/v1/devices/wx_follow/contacts/refreshes`,
      );
      const ended = await call(location.href, 'GET', {
        token: 'token-of-surfaces',
        headers: { Prefer: 'wait=20' },
      });
      expect(ended.headers['preference-applied']).toBe('wait=20');
      expect(JSON.parse(ended.text)).toMatchObject({
        status: 'succeeded',
        trigger: 'api',
        attempt: 1,
        counts: { friends: 29, chatrooms: 5, ghs: 5 },
        added: 39,
        removed: 0,
        error: null,
      });
      const joined = await client.startRefresh('wx_follow');
      expect(joined.status).toBe(200);
      expect(JSON.parse(joined.text)).toEqual(JSON.parse(ended.text));
    });

    it.each([
      ['no token', {}, 401, 'token-missing'],
      ['a malformed one', { token: 'a b' }, 401, 'token-invalid'],
    ])('%s is refused, and told how to send one', async (_what, request, status, name) => {
      const reply = await call(`${baseUrl}/v1/devices/wx_demo/contacts`, 'GET', request);
      expect(reply.status).toBe(status);
      expect(reply.headers['www-authenticate']).toContain('X-GEWE-TOKEN');
      expect(JSON.parse(reply.text).type).toBe(`urn:problem-type:gewe-contacts:${name}`);
    });

    it.each([
      ['an unknown path', 'GET', '/v1/nothing', 404],
      ['another method', 'PUT', '/v1/devices/wx_demo/contacts', 405],
      ['HEAD', 'HEAD', '/v1/devices/wx_demo/contacts', 405],
      ['an unknown refresh', 'GET', '/v1/devices/wx_demo/contacts/refreshes/0000001-aaaaaaaaaaaaaaaa', 404],
      ['no refresh id', 'GET', '/v1/devices/wx_demo/contacts/refreshes/x', 404],
      ['no since', 'GET', '/v1/devices/wx_demo/contacts/changes', 400],
      ['a since that is none', 'GET', '/v1/devices/wx_demo/contacts/changes?since=x', 400],
      ['a since that is unknown', 'GET', `/v1/devices/wx_demo/contacts/changes?since=${'x'.repeat(43)}`, 410],
    ])('%s gets a problem', async (_what, method, path, status) => {
      const reply = await call(`${baseUrl}${path}`, method, { token: 'token-of-surfaces' });
      expect(reply.status).toBe(status);
      expect(reply.headers['content-type']).toBe('application/problem+json');
    });

    it('a path trick finds nothing, whether or not the gateway decodes it first', async () => {
      const reply = await call(`${baseUrl}/v1/devices/..%2F..%2Fx/contacts`, 'GET', {
        token: 'token-of-surfaces',
      });
      expect([400, 404]).toContain(reply.status);
      expect(reply.headers['content-type']).toBe('application/problem+json');
    });

    it('erases a device: nothing of it is left, and a start begins anew', async () => {
      await client.fetchContactsList('wx_erased');
      expect((await client.eraseDevice('wx_erased')).status).toBe(204);
      expect((await client.getContacts('wx_erased')).status).toBe(404);
      expect((await client.eraseDevice('wx_erased')).status).toBe(204);
      expect((await client.eraseDevice('wx_never_seen')).status).toBe(204);
      expect(JSON.parse((await client.fetchContactsList('wx_erased')).text).ret).toBe(200);
    });
  });
}
