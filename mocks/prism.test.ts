import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../lib/device/contacts.ts';
import { type RunningPrism, startPrismMock, startPrismProxy } from './prism.ts';

const specFile = fileURLToPath(new URL('../openapi.yaml', import.meta.url));
const headers = { 'X-GEWE-TOKEN': 't', 'content-type': 'application/json' };
const body = JSON.stringify({ appId: 'wx_demo' });
const sinceText = 'iZ4pPFLp_dyaiISxdyzoq05FrAbEDsmgtmzVka52eW0';

const gewePaths = ['/gewe/v2/api', '/v2/api'].flatMap((prefix) =>
  ['fetchContactsList', 'fetchContactsListCache'].map((name) => `${prefix}/contacts/${name}`),
);

const operations = await getHttpOperationsFromSpec(specFile);

/** Every answer that the contract gives an example of, and those without a body. */
const answers = operations.flatMap(({ method, path, request, responses }) =>
  responses.flatMap(({ code, contents }) => {
    // Whatever GeWe says to a call that is passed through: there is nothing to serve or to hold it to.
    if (code === 'default') return [];
    const examples = contents?.flatMap((content) => content.examples ?? []) ?? [];
    const named = examples.map((example) => ({
      example: example.key,
      value: 'value' in example ? example.value : undefined,
    }));
    const answers = named.length > 0 ? named : [{ example: undefined, value: undefined }];
    const [asked] = request?.body?.contents?.flatMap((content) => content.examples ?? []) ?? [];
    const sent = asked && 'value' in asked ? JSON.stringify(asked.value) : undefined;
    return answers.map((one) => ({
      method: method.toUpperCase(),
      path,
      code: Number(code),
      sent,
      ...one,
    }));
  }),
);

describe('the mock', () => {
  let mock: RunningPrism;
  beforeAll(async () => {
    mock = await startPrismMock({ specFiles: [specFile], port: 0 });
  });
  afterAll(() => mock.close());

  it.each(gewePaths)('answers the list of the seed at %s', async (path) => {
    const response = await fetch(mock.url + path, { method: 'POST', headers, body });
    const { ret, msg, data } = JSON.parse(await response.text());
    expect([response.status, ret, msg]).toEqual([200, 200, '操作成功']);
    expect([data.friends.length, data.chatrooms.length, data.ghs.length]).toEqual([29, 5, 5]);
    expect(response.headers.get('etag')).toBe(`W/"${digestOf(data)}"`);
  });

  it.each([
    ['without a token', { 'content-type': 'application/json' }, body],
    ['without an app id', headers, '{}'],
    ['with an app id that is a number', headers, '{"appId":5}'],
    ['without a body', headers, undefined],
  ])('refuses a request %s', async (_, given, text) => {
    for (const path of gewePaths) {
      const init = { method: 'POST', headers: given, ...(text !== undefined && { body: text }) };
      expect((await fetch(mock.url + path, init)).status).toBe(422);
    }
  });

  it('refuses a request of the resource surface that has no token', async () => {
    const response = await fetch(`${mock.url}/v1/devices/wx_demo/contacts`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ type: 'urn:problem-type:gewe-contacts:token-missing' });
  });

  it.each(answers)('serves $code $example of $method $path, as the contract says', async (answer) => {
    const { method, path, code, sent, example, value } = answer;
    const prefer = `code=${code}${example === undefined ? '' : `, example=${example}`}`;
    const response = await fetch(addressOf(mock.url, path), {
      method,
      headers: { ...headers, prefer },
      ...(sent !== undefined && { body: sent }),
    });
    expect(response.status).toBe(code);
    expect(response.headers.get('sl-violations')).toBeNull();
    const text = await response.text();
    expect(text === '' ? undefined : JSON.parse(text)).toEqual(value);
  });

  it('says in one line that its port is taken', async () => {
    const port = Number(new URL(mock.url).port);
    await expect(startPrismMock({ specFiles: [specFile], port })).rejects.toThrow(
      new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is taken[^\\n]*$`),
    );
  });
});

describe('the validating proxy', () => {
  const good = JSON.stringify({
    ret: 200,
    msg: '操作成功',
    data: { friends: ['a'], chatrooms: [], ghs: [] },
  });
  const json = { 'content-type': 'application/json' };

  it('passes a good answer on without a word', async () => {
    const response = await viaProxy((_, answer) => answer.writeHead(200, json).end(good));
    expect(response.headers.get('sl-violations')).toBeNull();
    expect(await response.text()).toBe(good);
  });

  it('reads an answer in gzip', async () => {
    const gzip = { ...json, 'content-encoding': 'gzip' };
    const response = await viaProxy((_, answer) => answer.writeHead(200, gzip).end(gzipSync(good)));
    expect(response.headers.get('sl-violations')).toBeNull();
  });

  it.each([
    ['an array that is missing', 200, json, '{"ret":200,"msg":"","data":{"friends":[],"ghs":[]}}'],
    ['a null msg', 200, json, '{"ret":200,"msg":null,"data":{"friends":[],"chatrooms":[],"ghs":[]}}'],
    ['an undocumented status', 418, json, good],
    ['a content type that is not documented', 200, { 'content-type': 'text/html' }, good],
    ['an entity tag that is no digest', 200, { ...json, etag: '"1"' }, good],
  ])('tells of %s', async (_, status, given, text) => {
    const response = await viaProxy((_request, answer) => answer.writeHead(status, given).end(text));
    expect(response.headers.get('sl-violations')).not.toBeNull();
  });

  it.each(answers.filter(({ value, path }) => isObject(value) && !path.includes('{operation}')))(
    'tells of a member that $code $example of $method $path lacks',
    async ({ method, path, code, value }) => {
      if (!isObject(value)) throw new Error('the example is no object');
      const [first = ''] = Object.keys(value);
      const text = JSON.stringify({ ...value, [first]: undefined });
      const type = path.startsWith('/v1/') && code >= 400 ? 'application/problem+json' : 'application/json';
      const response = await viaProxy(
        (_, answer) => answer.writeHead(code, { 'content-type': type }).end(text),
        { method, query: addressOf('', path) },
      );
      expect(response.headers.get('sl-violations')).toContain(`must have required property '${first}'`);
    },
  );

  it('tells of a bad request only when requests are checked', async () => {
    const listener: RequestListener = (_, answer) => answer.writeHead(200, json).end(good);
    const told = await viaProxy(listener, { query: '/v1/devices/wx.demo/contacts' });
    expect(told.headers.get('sl-violations')).toContain('appid');
    const silent = await viaProxy(listener, { query: '/v1/devices/wx.demo/contacts', checkRequests: false });
    expect(silent.headers.get('sl-violations')).toBeNull();
  });
});

async function viaProxy(
  listener: RequestListener,
  { method = 'GET', query = '/v1/devices/wx_demo/contacts', checkRequests = true } = {},
): Promise<Response> {
  const upstream = createServer(listener).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const proxy = await startPrismProxy({
    specFiles: [specFile],
    port: 0,
    upstream: urlOf(upstream),
    checkRequests,
  });
  try {
    const response = await fetch(proxy.url + query, {
      method,
      headers,
      ...(query.includes('/v2/api/') && { body }),
    });
    const text = response.status === 200 ? await response.text() : '';
    return new Response(text, { headers: response.headers });
  } finally {
    await proxy.close();
    upstream.closeAllConnections();
    upstream.close();
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

function addressOf(url: string, path: string): string {
  const filled = path
    .replace('{appId}', 'wx_demo')
    .replace('{refreshId}', '0t6b3xk-4k9q2m7c1x8v5z0a')
    .replace('{group}', 'message')
    .replace('{operation}', 'postText');
  return url + filled + (path.endsWith('/changes') ? `?since=${sinceText}` : '');
}
