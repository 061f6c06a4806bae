import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startScriptedServer } from '../../tests/support/scripted-server.ts';
import type { UpstreamAnswer } from '../device/ports.ts';
import { createGeweClient, type GeweCall } from './client.ts';
import { maxBodyBytes } from './exchange.ts';

const secret = { token: 'canary-7f3a', appId: 'wx_demo' };
const contacts = { friends: ['weixin', 'wxid_1'], chatrooms: ['1@chatroom'], ghs: ['gh_1'] };
const listBody = JSON.stringify({ ret: 200, msg: '操作成功', data: contacts });
const list: UpstreamAnswer = { kind: 'list', contacts };
const longMs = 10_000;
const never = new AbortController().signal;
let calls: GeweCall[];

const server = await startScriptedServer();
afterAll(() => server.close());
beforeEach(() => {
  server.play((response) => response.end(listBody));
  calls = [];
});

const client = (baseUrl = `${server.url}/v2/api`) =>
  createGeweClient({ baseUrl, onCall: (call) => calls.push(call) });
const fetchList = () => client().fetchList(secret, longMs, never);

describe('a call to GeWe', () => {
  it('is a POST with the token in its header and the device in its body', async () => {
    expect(await fetchList()).toEqual(list);
    expect(await client().fetchCached(secret, never)).toEqual(list);
    expect(server.received.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'POST /v2/api/contacts/fetchContactsList {"appId":"wx_demo"}',
      'POST /v2/api/contacts/fetchContactsListCache {"appId":"wx_demo"}',
    ]);
    for (const { headers } of server.received) {
      expect(headers).toMatchObject({ 'x-gewe-token': 'canary-7f3a', 'content-type': 'application/json' });
    }
  });

  it('does not depend on a connection that an earlier call left', async () => {
    for (let turn = 0; turn < 3; turn++) expect(await fetchList()).toEqual(list);
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(3);
  });

  it('understands a compressed answer', async () => {
    server.play((response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(listBody)));
    expect(await fetchList()).toEqual(list);
  });

  it('follows no redirect', async () => {
    server.play((response) => response.writeHead(307, { location: `${server.url}/elsewhere` }).end());
    expect(await fetchList()).toEqual({ kind: 'failure', class: 'upstream-error', mayStillRun: false });
    expect(server.received).toHaveLength(1);
  });

  it('is told with its outcome, and without anything that GeWe said', async () => {
    await fetchList();
    server.play((response) => response.end('{"ret":200}'));
    await client().fetchCached(secret, never);
    server.play((response) => response.writeHead(502).end('canary-7f3a'));
    await fetchList();
    await client('http://127.0.0.1:1').fetchList(secret, longMs, never);
    expect(calls).toMatchObject([
      { operation: 'list', httpStatus: 200, outcome: 'list' },
      { operation: 'cached', httpStatus: 200, outcome: 'empty' },
      { operation: 'list', httpStatus: 502, outcome: 'upstream-error' },
      { operation: 'list', outcome: 'upstream-error' },
    ]);
    expect(calls.at(-1)).not.toHaveProperty('httpStatus');
    expect(calls.every(({ durationMs }) => Number.isInteger(durationMs) && durationMs >= 0)).toBe(true);
    expect(JSON.stringify(calls)).not.toContain('canary');
  });

  it('is not made with a token that no header can carry', async () => {
    for (const token of ['', 'a\nb', '令牌', 'a b']) {
      const rejected = { kind: 'failure', class: 'token-rejected', mayStillRun: false };
      expect(await client().fetchList({ token, appId: 'wx_demo' }, longMs, never)).toEqual(rejected);
    }
    expect(server.received).toHaveLength(0);
  });
});

describe('an answer that is too large', () => {
  const tooMuch = Buffer.alloc(maxBodyBytes + 1, ' ');
  const malformed = { kind: 'failure', class: 'upstream-malformed', mayStillRun: false };

  it('is read no further, and the connection is closed', async () => {
    server.play((response) => {
      response.write(tooMuch);
    });
    expect(await fetchList()).toEqual(malformed);
    await server.connectionEnded();
  });

  it('is recognised behind its compression', async () => {
    server.play((response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(tooMuch)));
    expect(await fetchList()).toEqual(malformed);
  });

  it('is read when it is no larger than allowed', async () => {
    server.play((response) => response.end(Buffer.concat([Buffer.from(listBody), tooMuch], maxBodyBytes)));
    expect(await fetchList()).toMatchObject(list);
  });

  it('waits, when it is large, until another large one is no longer needed; small ones do not', async () => {
    const large = Buffer.concat([Buffer.from(listBody), tooMuch], 1_000_000);
    server.play((response) => response.end(large));
    const gewe = client();
    const [first, second] = [await gewe.fetchCached(secret, never), await gewe.fetchCached(secret, never)];
    const ended: string[] = [];
    const asked = Promise.withResolvers<void>();
    server.play((response) => {
      asked.resolve();
      response.end(large);
    });
    const third = gewe.fetchCached(secret, never).then(() => ended.push('large'));
    await asked.promise;
    server.play((response) => response.end(listBody));
    await gewe.fetchCached(secret, never).then(() => ended.push('small'));
    expect(ended).toEqual(['small']);
    for (const one of [first, second]) if (one.kind === 'list') one.release?.();
    await third;
    expect(ended).toEqual(['small', 'large']);
  });

  it('makes way for others when it is no list, or breaks off', async () => {
    const gewe = client();
    for (let turn = 0; turn < 3; turn += 1) {
      server.play((response) => response.end(tooMuch.subarray(0, 1_000_000)));
      expect(await gewe.fetchCached(secret, never)).toMatchObject({ kind: 'failure' });
      server.play((response) => {
        response.write(tooMuch.subarray(0, 1_000_000), () => response.destroy());
      });
      expect(await gewe.fetchCached(secret, never)).toMatchObject({ kind: 'failure' });
    }
    server.play((response) => response.end(Buffer.concat([Buffer.from(listBody), tooMuch], 1_000_000)));
    expect(await gewe.fetchCached(secret, never)).toMatchObject(list);
  });
});
