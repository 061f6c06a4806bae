import { once } from 'node:events';
import { connect } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Listening } from '../loopback.ts';
import { type Invocation, invokerOf, loadFunctions } from './functions.ts';
import { startGateway } from './gateway.ts';
import type { FunctionConfig } from './serverless-config.ts';

const functionOf = (key: string, ...routes: string[]): FunctionConfig => ({
  key,
  name: key,
  timeoutS: 29,
  routes,
  queues: [],
  schedules: [],
  rules: [],
  maxRetries: 2,
  allowsLoops: false,
});
const functions = [
  functionOf('templated', 'POST /v2/api/{group}/{operation}', 'GET /v1/devices/{appId}'),
  functionOf('exact', 'POST /v2/api/contacts/fetchContactsList'),
  functionOf('rest', '$default'),
];

let gateway: Listening;
/** What the functions were invoked with, and what they do. */
const invoked: { key: string; event: APIGatewayProxyEventV2 }[] = [];
let result: Invocation | Promise<Invocation>;
beforeAll(async () => {
  gateway = await startGateway({
    functions,
    async invoke({ key }, given) {
      const event: APIGatewayProxyEventV2 = Object(given);
      invoked.push({ key, event });
      return result;
    },
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  invoked.length = 0;
  result = { kind: 'answered', payload: { statusCode: 200 } };
});

/** Writes a request as it stands, and reads to the end of the connection. */
async function say(head: string, body: string | Buffer = ''): Promise<{ head: string; body: string }> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(`${head}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
  socket.write(body);
  let said = '';
  socket.on('data', (data) => {
    said += data.toString();
  });
  await once(socket, 'close');
  const [answerHead = '', ...rest] = said.split('\r\n\r\n');
  return { head: answerHead, body: rest.join('\r\n\r\n') };
}
const post = (path: string, more = '', body: string | Buffer = '') =>
  say(`POST ${path} HTTP/1.1\r\nHost: x${more}`, body);
const answering = (payload: unknown) => {
  result = { kind: 'answered', payload };
};

describe('a route', () => {
  it.each([
    ['POST', '/v2/api/contacts/fetchContactsList', 'exact', undefined],
    ['POST', '/v2/api/message/postText', 'templated', { group: 'message', operation: 'postText' }],
    // The path is decoded when the route is chosen.
    [
      'POST',
      '/v2/api/contacts/fetchContactsLis%74',
      'templated',
      { group: 'contacts', operation: 'fetchContactsList' },
    ],
    ['POST', '/v2/api/a/..%2fb', 'templated', { group: 'a', operation: '../b' }],
    ['POST', '/%762/api/a/b', 'rest', undefined],
    ['POST', '/v2/api/a/b/', 'rest', undefined],
    ['POST', '/v2/api//b', 'rest', undefined],
    ['GET', '/v2/api/a/b', 'rest', undefined],
    ['HEAD', '/v1/devices/x', 'rest', undefined],
    ['GET', 'http://evil/v1/devices/wx%5Fdemo?x=/../y', 'templated', { appId: 'wx_demo' }],
    ['GET', '/v1/devices/..', 'templated', { appId: '..' }],
    ['OPTIONS', '*', 'rest', undefined],
  ])('of %s %s is that of the function %s', async (method, target, key, pathParameters) => {
    const { head } = await say(`${method} ${target} HTTP/1.1\r\nHost: x`);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(invoked).toMatchObject([{ key, event: { requestContext: { http: { method } } } }]);
    expect(invoked[0]?.event.pathParameters).toEqual(pathParameters);
  });

  it('has its path decoded, and no dot segment resolved', async () => {
    const segment = fc.stringMatching(/^[A-Za-z.~_%2eE5]{1,6}$/).filter((text) => {
      try {
        return decodeURIComponent(text) !== '';
      } catch {
        return false;
      }
    });
    const dots = fc.constantFrom('.', '..', '%2e', '%2E', '%2e.', '.%2E', '%2E%2e');
    const path = fc.array(fc.oneof(segment, dots), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom('', 'http://x', 'HTTPS://x:80', 'http://u@x'),
        async (parts, start) => {
          const sent = `/${parts.join('/')}`;
          await say(`POST ${start}${sent}?a=/../%2e HTTP/1.1\r\nHost: x`);
          const { rawPath, rawQueryString } = invoked.at(-1)?.event ?? {};
          expect([rawPath, rawQueryString]).toEqual([decodeURIComponent(sent), 'a=/../%2e']);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each(['/v1/devices/%zz', '/%', '/v2/api/a/%ff'])(
    'of %s, which cannot be decoded, is none',
    async (path) => {
      const { head, body } = await post(path);
      expect(head).toMatch(/^HTTP\/1\.1 400 .*content-type: application\/json/is);
      expect(body).toBe('{"message":"Bad Request"}');
      expect(invoked).toEqual([]);
    },
  );
});

describe('an event', () => {
  it('has header names in lower case, and what is repeated joined with commas', async () => {
    const more =
      '\r\nX-GEWE-TOKEN: a\r\nx-gewe-token: b\r\nContent-Type: text/plain\r\nCookie: a=1; b=2\r\nCookie: c=3';
    await post('/x?a=1&b=%20x&a=2', more);
    const { headers, cookies, queryStringParameters, rawQueryString } = invoked[0]?.event ?? {};
    expect(headers).toMatchObject({ 'x-gewe-token': 'a,b', 'content-type': 'text/plain', host: 'x' });
    expect(headers).not.toHaveProperty('cookie');
    expect(cookies).toEqual(['a=1', 'b=2', 'c=3']);
    expect(queryStringParameters).toEqual({ a: '1,2', b: ' x' });
    expect(rawQueryString).toBe('a=1&b=%20x&a=2');
  });

  it('has no members that a request has nothing for', async () => {
    await post('/x');
    for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters'])
      expect(invoked[0]?.event).not.toHaveProperty(name);
    expect(invoked[0]?.event).toMatchObject({ version: '2.0', isBase64Encoded: false, rawQueryString: '' });
  });

  it.each([
    ['application/json; charset=utf-8', '0', '0', false],
    ['application/problem+json', 'null', 'null', false],
    ['text/html', '你好', '你好', false],
    ['application/xml', '<a/>', '<a/>', false],
    ['application/javascript', 'x', 'x', false],
    ['', '{}', '{}', false],
    ['application/octet-stream', 'a', 'YQ==', true],
    ['application/x-www-form-urlencoded', 'a=b', 'YT1i', true],
    // GBK in a text type: a string cannot hold it, and does not on AWS.
    ['application/json', Buffer.from([0xc4, 0xe3]), '\ufffd\ufffd', false],
  ])('of the type %j has its body as it should', async (type, sent, body, isBase64Encoded) => {
    await post('/x', type === '' ? '' : `\r\nContent-Type: ${type}`, sent);
    expect(invoked[0]?.event).toMatchObject({ body, isBase64Encoded });
  });
});

describe('an answer', () => {
  it('goes out as the function gave it: nothing is added, compressed or left out', async () => {
    answering({
      statusCode: 418,
      headers: { 'Content-Encoding': 'gzip', ETag: '"x"', 'Retry-After': 5 },
      cookies: ['a=1', 'b=2'],
      body: 'AP8=',
      isBase64Encoded: true,
    });
    const response = await fetch(`${gateway.url}/x`, { method: 'HEAD', headers: { 'if-none-match': '"x"' } });
    expect(response.status).toBe(418);
    const { head, body } = await post('/x');
    expect(head).toMatch(/^HTTP\/1\.1 418 /);
    expect(head.toLowerCase()).toContain('set-cookie: a=1\r\nset-cookie: b=2');
    expect(head).toMatch(/etag: "x"\r\n.*retry-after: 5.*content-length: 2/is);
    expect(head).not.toMatch(/content-type/i);
    expect(body).toHaveLength(2);
  });

  it.each([204, 304])('with the status %i has no body and no length', async (statusCode) => {
    answering({ statusCode });
    const { head, body } = await post('/x');
    expect(head).not.toMatch(/content-length|transfer-encoding/i);
    expect(body).toBe('');
  });

  it('without a status code is a 200 in JSON', async () => {
    answering({ a: 1 });
    const { head, body } = await post('/x');
    expect(head).toMatch(/^HTTP\/1\.1 200 .*content-type: application\/json/is);
    expect(body).toBe('{"a":1}');
  });

  it.each([
    ['throws', { kind: 'crashed', reason: 'canary' } as const],
    [
      'answers what HTTP does not know',
      { kind: 'answered', payload: { statusCode: 200, headers: { 'a b': '' } } } as const,
    ],
  ])('of a function that %s is a 500 in words of the gateway', async (_what, crashed) => {
    result = crashed;
    const { head, body } = await post('/x');
    expect(head).toMatch(/^HTTP\/1\.1 500 /);
    expect(body).toBe('{"message":"Internal Server Error"}');
  });

  it('that does not come within 30 s is a 503', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      result = new Promise(() => undefined);
      const said = post('/x');
      await vi.waitUntil(() => invoked.length > 0 && vi.getTimerCount() > 0, { interval: 1 });
      vi.advanceTimersByTime(30_000);
      expect(await said).toMatchObject({
        head: expect.stringMatching(/^HTTP\/1\.1 503 /),
        body: '{"message":"Service Unavailable"}',
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a request that is too large', () => {
  const refused = [413, { message: 'Request Entity Too Large' }];
  const send = async (body: string | ReadableStream, type = 'text/plain') => {
    const headers = { 'content-type': type };
    const response = await fetch(`${gateway.url}/x`, { method: 'POST', headers, body, duplex: 'half' });
    return [response.status, JSON.parse((await response.text()) || '{}')];
  };

  it('of more than 10 MB is refused, whether it says its length or not', async () => {
    expect(await send('x'.repeat(12_000_000))).toEqual(refused);
    expect(await send(new Blob(['x'.repeat(12_000_000)]).stream())).toEqual(refused);
    expect(invoked).toEqual([]);
  });

  it('for an event of 6 MB is refused: with its escapes, and in Base64', async () => {
    expect(await send('x'.repeat(6_000_000))).toEqual([200, {}]);
    expect(await send('x'.repeat(6_300_000))).toEqual(refused);
    expect(await send('"'.repeat(4_000_000))).toEqual(refused);
    expect(await send('x'.repeat(5_000_000), 'image/png')).toEqual(refused);
    expect(invoked).toHaveLength(1);
  });
});

it.each([
  'NONSENSE\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`,
])('what cannot be read as HTTP is a 400', async (bytes) => {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(bytes);
  const [answer]: Buffer[] = await once(socket, 'data');
  expect(answer?.toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*\{"message":"Bad Request"\}$/s);
  socket.destroy();
});

describe('a function', () => {
  it('whose file is missing fails when it is invoked, and says so', async () => {
    const invoke = await loadFunctions([functionOf('no-such-function')]);
    const reason = 'Error: functions/no-such-function.ts is not there';
    expect(await invoke(functionOf('no-such-function'), {})).toMatchObject({ kind: 'crashed', reason });
  });

  it.each([
    ['throws', async () => Promise.reject(new Error('boom')), 'Error: boom'],
    ['runs out of time', () => new Promise(() => undefined), 'Error: Task timed out after 0.01 seconds'],
    ['returns 7 MB', async () => 'x'.repeat(7_000_000), 'Error: Response payload size exceeded 6 MB'],
  ])('that %s has failed', async (_what, handler, reason) => {
    const invoke = invokerOf(new Map([['f', handler]]));
    expect(await invoke({ ...functionOf('f'), timeoutS: 0.01 }, {})).toMatchObject({
      kind: 'crashed',
      reason,
    });
  });
});
