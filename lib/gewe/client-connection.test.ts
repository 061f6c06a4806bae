import type { ServerResponse } from 'node:http';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Script, startScriptedServer } from '../../tests/support/scripted-server.ts';
import { createGeweClient, type GeweCall } from './client.ts';

const secret = { token: 'canary-7f3a', appId: 'wx_demo' };
const contacts = { friends: ['weixin', 'wxid_1'], chatrooms: ['1@chatroom'], ghs: ['gh_1'] };
const listBody = JSON.stringify({ ret: 200, msg: '操作成功', data: contacts });
const soonMs = 150;
const longMs = 10_000;
const never = new AbortController().signal;
let calls: GeweCall[];

const server = await startScriptedServer();
afterAll(() => server.close());
beforeEach(() => {
  server.play((response) => response.end(listBody));
  calls = [];
});

const client = (baseUrl = server.url, cachedTimeoutMs = longMs) =>
  createGeweClient({ baseUrl, cachedTimeoutMs, onCall: (call) => calls.push(call) });
const fetchList = (timeoutMs = longMs, signal = never) => client().fetchList(secret, timeoutMs, signal);

describe('a call that takes too long', () => {
  const timedOut = { kind: 'failure', class: 'upstream-timeout', mayStillRun: true };

  it('ends when no answer begins, and closes the connection', async () => {
    server.play(() => {});
    expect(await fetchList(soonMs)).toEqual(timedOut);
    await server.connectionEnded();
  });

  it('ends while the body trickles', async () => {
    server.play((response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await fetchList(soonMs)).toEqual(timedOut);
    await server.connectionEnded();
    expect(calls).toMatchObject([{ httpStatus: 200, outcome: 'upstream-timeout' }]);
  });

  it('ends by its own limit when it asks the cache', async () => {
    server.play(() => {});
    expect(await client(server.url, soonMs).fetchCached(secret, never)).toEqual(timedOut);
  });
});

describe('the caller who gives up', () => {
  const reason = new Error('no time left');

  it('gets the reason back, before the call', async () => {
    await expect(fetchList(longMs, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.received).toHaveLength(0);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['before an answer', () => {}],
    ['amid the body', (response) => void response.write(listBody.slice(0, 20))],
  ])('gets the reason back, %s, and the connection is closed', async (_, begin) => {
    const caller = new AbortController();
    server.play((response) => {
      begin(response);
      setTimeout(() => caller.abort(reason), soonMs);
    });
    await expect(fetchList(longMs, caller.signal)).rejects.toBe(reason);
    await server.connectionEnded();
    expect(calls).toMatchObject([{ outcome: 'aborted' }]);
  });
});

describe('a connection that is lost', () => {
  const lost = { kind: 'failure', class: 'upstream-error', mayStillRun: true };

  it.each<[string, Script]>([
    ['is reset before an answer', (_response, _request, { socket }) => socket.resetAndDestroy()],
    ['is closed without an answer', (_response, _request, { socket }) => socket.destroy()],
    [
      'is reset after the head of the answer',
      (response, _request, { socket }) => response.writeHead(200).write(' ', () => socket.resetAndDestroy()),
    ],
    [
      'is closed before the length that was said',
      (response, _request, { socket }) =>
        response
          .writeHead(200, { 'content-length': listBody.length })
          .write(listBody.slice(0, 50), () => socket.destroy()),
    ],
    [
      'is closed amid the chunks',
      (response, _request, { socket }) => response.writeHead(200).write(listBody, () => socket.destroy()),
    ],
    ['does not speak HTTP', (_response, _request, { socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    [
      'gives what cannot be decompressed',
      (response) => response.setHeader('content-encoding', 'gzip').end('no gzip'),
    ],
  ])('leaves open what GeWe does when it %s', async (_, how) => {
    server.play(how);
    expect(await fetchList()).toEqual(lost);
  });

  it('was never made when nobody listens', async () => {
    const gone = await startScriptedServer();
    await gone.close();
    expect(await client(gone.url).fetchList(secret, longMs, never)).toEqual({
      ...lost,
      mayStillRun: false,
    });
  });
});
