import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../tests/support/scripted-server.ts';
import type { PassedCall } from '../pass-through/call.ts';
import { createPasser, maxAnswerBytes, type PasserOptions } from './pass.ts';

const call: PassedCall = {
  group: 'message',
  operation: 'postText',
  token: 'token-of-pass',
  contentType: 'application/json',
  body: Buffer.from('{"appId":"wx_demo","newMsgId":3768973957878705021}'),
};
const signal = new AbortController().signal;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serving(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  closers.push(() => server.close());
  return server;
}

function passer(baseUrl: string, options: Partial<PasserOptions> = {}) {
  const made = createPasser({ baseUrl: `${baseUrl}/gewe/v2/api`, ...options });
  closers.push(() => made.close());
  const now = options.nowMs ?? Date.now;
  return {
    pass: (more: Partial<PassedCall> = {}, limitMs = 20_000, by: AbortSignal = signal) =>
      made.pass({ ...call, ...more }, now() + limitMs, by),
  };
}

/** A server that says these bytes to whoever has sent the whole of `call`, whatever HTTP would have it say. */
async function saying(answer: (string | Buffer)[], end: 'end' | 'reset' = 'end'): Promise<string> {
  const server: SocketServer = createSocketServer((socket) => {
    let heard = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (!heard.endsWith(call.body.toString())) return;
      socket.write(Buffer.concat(answer.map((part) => Buffer.from(part))), () =>
        end === 'end' ? socket.end() : socket.resetAndDestroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

describe('a call that is passed', () => {
  it('has the body, the token and the content type, and no other header of its own', async () => {
    const server = await serving((response) => response.end());
    await passer(server.url).pass();
    const [came] = server.received;
    expect(came).toMatchObject({ method: 'POST', url: '/gewe/v2/api/message/postText', body: call.body });
    expect(came?.headers).toEqual({
      'x-gewe-token': 'token-of-pass',
      'content-type': 'application/json',
      'content-length': String(call.body.byteLength),
      accept: '*/*',
      'accept-encoding': 'identity',
      host: new URL(server.url).host,
      connection: 'keep-alive',
    });
  });

  it('says how its body is encoded, where the caller did, and sends no empty token', async () => {
    const server = await serving((response) => response.end());
    await passer(server.url).pass({ contentEncoding: 'gzip', token: '' });
    expect(server.received[0]?.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(server.received[0]?.headers).not.toHaveProperty('x-gewe-token');
  });

  it('goes to the path of the base URL, whichever prefix that has', async () => {
    const server = await serving((response) => response.end());
    for (const baseUrl of [`${server.url}/v2/api`, `${server.url}/some/gewe/v2/api`]) {
      const made = createPasser({ baseUrl });
      closers.push(() => made.close());
      await made.pass(call, Date.now() + 20_000, signal);
    }
    expect(server.received.map(({ url }) => url)).toEqual([
      '/v2/api/message/postText',
      '/some/gewe/v2/api/message/postText',
    ]);
  });

  it('carries any bytes there and back, of any status and type', async () => {
    const server = await serving((response, { body, headers }) => {
      response.writeHead(Number(headers['content-type']), { 'Content-Type': 'image/x' }).end(body);
    });
    const { pass } = passer(server.url);
    const statuses = fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), statuses, async (body, httpStatus) => {
        const answer = await pass({ body, contentType: String(httpStatus) });
        expect(answer).toEqual({
          kind: 'answer',
          httpStatus,
          body: Buffer.from(body),
          contentType: 'image/x',
        });
        expect(server.received.at(-1)?.body).toEqual(Buffer.from(body));
      }),
    );
    expect(server.connections()).toBe(1);
  });

  it('has 64-bit numbers intact', async () => {
    const text =
      '{"ret":200,"msg":"操作成功","data":{"newMsgId":3768973957878705021,"msgId":-9223372036854775808}}';
    const server = await serving((response) => response.end(text));
    expect(await passer(server.url).pass()).toMatchObject({ body: Buffer.from(text) });
    expect(server.received[0]?.body.toString()).toContain('3768973957878705021');
  });

  it('has what GeWe encoded against the request, and says how', async () => {
    const server = await serving((response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    });
    expect(await passer(server.url).pass()).toEqual({
      kind: 'answer',
      httpStatus: 200,
      contentEncoding: 'gzip',
      body: Buffer.from([0x1f, 0x8b, 1, 2, 3]),
    });
  });

  it('is passed back as it came when it is a redirect, which is not followed', async () => {
    const other = await serving((response) => response.end('not here'));
    const server = await serving((response) => {
      response.writeHead(301, { Location: `${other.url}/x`, 'Content-Type': 'text/html' }).end('moved');
    });
    expect(await passer(server.url).pass()).toEqual({
      kind: 'answer',
      httpStatus: 301,
      contentType: 'text/html',
      body: Buffer.from('moved'),
    });
    expect([server.received.length, other.connections()]).toEqual([1, 0]);
  });

  it.each(['..', 'a/b', 'a%2fb', '', 'a.b', '@evil', 'x'.repeat(65), 'a?b', 'a#b', 'a\\b', '1a'])(
    'is never made of "%s"',
    async (name) => {
      const server = await serving((response) => response.end());
      await expect(passer(server.url).pass({ group: name })).rejects.toThrow(TypeError);
      await expect(passer(server.url).pass({ operation: name })).rejects.toThrow(TypeError);
      expect(server.connections()).toBe(0);
    },
  );
});

describe('a connection', () => {
  it('is used again within two seconds, and not after that', async () => {
    let nowMs = 1_000_000;
    const server = await serving((response) => response.end('{}'));
    const { pass } = passer(server.url, { nowMs: () => nowMs });
    for (const [laterMs, connection] of [
      [0, 1],
      [2_000, 1],
      [2_001, 2],
      [86_400_000, 3],
      [-5, 4],
    ] as const) {
      nowMs += laterMs;
      expect(await pass()).toMatchObject({ kind: 'answer' });
      expect(server.received.at(-1)?.connection, `${laterMs} ms`).toBe(connection);
    }
  });

  it('that idles too long is left by all, when there are several', async () => {
    let nowMs = 1_000_000;
    const server = await serving((response) => setTimeout(() => response.end('{}'), 20));
    const { pass } = passer(server.url, { nowMs: () => nowMs });
    await Promise.all(Array.from({ length: 5 }, () => pass()));
    nowMs += 2_001;
    await Promise.all(Array.from({ length: 5 }, () => pass()));
    expect(server.received.slice(5).every(({ connection }) => connection > 5)).toBe(true);
  });

  it('that GeWe closes while it idles makes no call be sent twice', async () => {
    const server = await serving((response) => response.end('{}', () => response.socket?.end()));
    const { pass } = passer(server.url);
    for (let nth = 1; nth <= 5; nth += 1) {
      await pass({ body: Buffer.from(String(nth)) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const came = server.received.map(({ body }) => body.toString());
    expect(came.length).toBeGreaterThan(0);
    expect(new Set(came).size).toBe(came.length);
  });
});

describe('no answer', () => {
  it('is upstream-unreachable when no connection can be made, and nothing was sent', async () => {
    const server = await serving((response) => response.end());
    await server.close();
    expect(await passer(server.url).pass()).toMatchObject({ kind: 'failure', why: 'upstream-unreachable' });
    const nameless = passer('http://no-such-host.invalid');
    expect(await nameless.pass()).toMatchObject({ kind: 'failure', why: 'upstream-unreachable' });
  });

  it('is upstream-unreachable when no connection stands in time', async () => {
    // TLS never comes about with a server that says nothing.
    const silent = await saying([]);
    const { pass } = passer(silent.replace('http:', 'https:'), { connectTimeoutMs: 50 });
    expect(await pass()).toEqual({ kind: 'failure', why: 'upstream-unreachable' });
  });

  it('is upstream-slow when GeWe takes too long, with or without the head of an answer', async () => {
    const silent = await serving(() => undefined);
    expect(await passer(silent.url).pass({}, 50)).toEqual({ kind: 'failure', why: 'upstream-slow' });
    const dripping = await serving((response) => response.write('{"ret":'));
    expect(await passer(dripping.url).pass({}, 100)).toEqual({ kind: 'failure', why: 'upstream-slow' });
  });

  it('is upstream-slow when the function runs out of time', async () => {
    const stop = new AbortController();
    const silent = await serving(() => stop.abort());
    expect(await passer(silent.url).pass({}, 20_000, stop.signal)).toMatchObject({ why: 'upstream-slow' });
  });

  it.each([
    ['reset before it begins', [], 'reset'],
    ['closed before it begins', [], 'end'],
    ['closed amid the head', ['HTTP/1.1 200 OK\r\nContent-'], 'end'],
    ['reset amid the body', ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'], 'reset'],
    ['closed amid the body', ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'], 'end'],
    ['closed amid a chunk', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123'], 'end'],
    ['no HTTP', ['+OK ready\r\n'], 'end'],
    [
      'another protocol',
      ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
      'end',
    ],
    ['a status that no gateway takes', ['HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok'], 'end'],
  ] as const)('is upstream-cut-off when it is %s', async (_what, parts, end) => {
    const url = await saying([...parts], end);
    expect(await passer(url).pass()).toMatchObject({ kind: 'failure', why: 'upstream-cut-off' });
  });

  it('is answer-too-large beyond the limit, announced or not; just below it is passed', async () => {
    const server = await serving((response, { headers }) => {
      const [size, announced] = String(headers['content-type']).split(' ');
      if (announced) response.setHeader('Content-Length', Number(size));
      response.write(Buffer.alloc(1));
      response.end(Buffer.alloc(Number(size) - 1));
    });
    const { pass } = passer(server.url);
    for (const announced of ['', ' announced']) {
      const fits = await pass({ contentType: `${maxAnswerBytes}${announced}` });
      expect(fits.kind === 'answer' && fits.body.byteLength).toBe(maxAnswerBytes);
      const large = await pass({ contentType: `8000000${announced}` });
      expect(large).toEqual({ kind: 'failure', why: 'answer-too-large' });
    }
    expect(server.received).toHaveLength(4);
  });

  it('leaves the next call as it would be', async () => {
    let nth = 0;
    const server = await serving((response, _call, { socket }) => {
      nth += 1;
      if (nth % 2 === 1) socket.resetAndDestroy();
      else response.end('{}');
    });
    const { pass } = passer(server.url);
    const kinds: string[] = [];
    for (let time = 0; time < 4; time += 1) kinds.push((await pass()).kind);
    expect(kinds).toEqual(['failure', 'answer', 'failure', 'answer']);
    expect(server.received).toHaveLength(4);
  });

  it('holds nothing of the call in its error', async () => {
    const server = await serving((_response, _call, { socket }) => socket.resetAndDestroy());
    const outcome = await passer(server.url).pass();
    const error = outcome.kind === 'failure' ? outcome.error : undefined;
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error)} ${error instanceof Error ? error.stack : ''}`).not.toMatch(/token-of|wx_demo/);
  });
});
