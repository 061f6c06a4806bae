import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts, leftOvers, type NpmStart, npmStart, type Ports } from './npm-start.ts';
import { type ScriptedServer, startScriptedServer } from './support/scripted-server.ts';

// A call on its way through what `npm start` runs, to a GeWe that keeps every connection and every byte.

const token = 'canary-91e4b7-token';
let gewe: ScriptedServer;
/** A host that nobody is to call. */
let other: ScriptedServer;
let dataDir: string;
let ports: Ports;
let running: NpmStart;
beforeAll(async () => {
  gewe = await startScriptedServer((response, { body }) => {
    const isRedirected = body.toString() === 'redirect';
    const [, type] = /^type (.+)/.exec(body.toString()) ?? [];
    if (type !== undefined) {
      response.writeHead(200, { 'Content-Type': type }).end();
      return;
    }
    if (isRedirected) response.writeHead(301, { Location: `${other.url}/x` });
    response.end(isRedirected ? 'moved' : body);
  });
  other = await startScriptedServer((response) => response.end('other'));
  dataDir = mkdtempSync(join(tmpdir(), 'gewe-contacts-pass-'));
  ports = await freePorts();
  const texts = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  const env = {
    LOCAL_DATA_DIR: dataDir,
    GEWE_BASE_URL: gewe.url,
    PASS_THROUGH: 'message',
    LOG_FORMAT: 'json',
  };
  running = await npmStart({ ...Object.fromEntries(texts), ...env });
});
afterAll(async () => {
  await running?.end('SIGINT', 'group');
  expect(await leftOvers(ports, dataDir)).toEqual([]);
  await other.close();
  await gewe.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  contentType = 'application/json',
  name = 'message/postText',
) =>
  fetch(`http://127.0.0.1:${ports.PORT}/v2/api/${name}`, {
    method: 'POST',
    headers: { 'X-GEWE-TOKEN': token, 'content-type': contentType },
    body,
    redirect: 'manual',
  });

it('any bytes get there and back, where their type is no text', async () => {
  const text = '{"newMsgId":3768973957878705021,"content":"你好"}';
  expect(await (await post(text)).text()).toBe(text);
  const bytes = Uint8Array.from({ length: 1_024 }, (_, index) => index % 256);
  for (const contentType of ['application/octet-stream', 'multipart/form-data; boundary=x']) {
    const back = await post(bytes, contentType);
    expect(new Uint8Array(await back.arrayBuffer())).toEqual(bytes);
    expect(gewe.received.at(-1)?.headers['content-type']).toBe(contentType);
    expect(new Uint8Array(gewe.received.at(-1)?.body ?? [])).toEqual(bytes);
  }
});

it('a redirect comes back and is followed by nobody', async () => {
  const moved = await post('redirect');
  expect([moved.status, await moved.text(), moved.headers.get('location')]).toEqual([301, 'moved', null]);
});

it.each([8_000_000, 12_000_000])('%i bytes are refused, and the next call is served', async (size) => {
  const before = gewe.received.length;
  const large = await post('x'.repeat(size));
  expect([large.status, await large.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
  expect(gewe.received.length).toBe(before);
  expect((await post('{}')).status).toBe(200);
});

it('a group that is left out is refused', async () => {
  const refused = await post('{}', 'application/json', 'contacts/getBriefInfo');
  expect(JSON.parse(await refused.text()).data.code).toBe('not-passed-through');
});

/** One POST with a token and a body, as it is written to a socket, and what came back until the end. */
async function say(target: string, host = 'x', body = '{}') {
  const socket = connect(ports.PORT, '127.0.0.1');
  const head = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nX-GEWE-TOKEN: ${token}\r\nConnection: close\r\n`;
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  let said = '';
  socket.on('data', (data) => {
    said += data.toString();
  });
  await once(socket, 'close');
  const [answerHead = '', answerBody = ''] = said.split('\r\n\r\n');
  return { head: answerHead, body: answerBody };
}

/** The status, and the code in the words of either surface. */
async function refused(target: string, host?: string) {
  const { head, body } = await say(target, host);
  const { data, type = '' } = JSON.parse(body);
  return [head.split(' ')[1], data?.code ?? codeIn(type)];
}
const codeIn = (type: string) => /^urn:problem-type:gewe-contacts:(.+)/.exec(type)?.[1];

it('no trick of the target or the Host reaches anything but GeWe', async () => {
  const evil = new URL(other.url).host;
  const before = gewe.received.length;
  const targets = [
    '/gewe/v2/api/message/postText?x=1',
    `http://${evil}/gewe/v2/api/message/postText`,
    `http://${evil}/x`,
    `${evil}`,
    'http://',
    '*',
  ];
  for (const target of targets) {
    for (const host of ['x', evil])
      expect((await say(target, host)).head, target).toMatch(/^HTTP\/1\.1 [24]/);
  }
  expect(other.connections()).toBe(0);
  for (const { url, headers } of gewe.received.slice(before)) {
    expect([url, headers.host]).toEqual(['/gewe/v2/api/message/postText', new URL(gewe.url).host]);
  }
});

it.each([
  '/gewe/v2/api/../../x',
  '/gewe/v2/api/y/../message/postText',
  '/gewe/v2/api/y/%2e%2e/message/postText',
  '/gewe/v2/api/y/.%2E/message/postText',
  '/gewe/v2/api/./message/postText',
  '/gewe/v2/api/%2E/message/postText',
  '/foo/../gewe/v2/api/message/postText',
  '/foo/%2e%2e/v2/api/message/postText',
  '/%67ewe/v2/api/message/postText',
  '/gewe/v2/api/message/..%2f..%2fadmin',
  '/gewe/v2/api/message%2fpostText/x',
  '/gewe/v2/api/%2e%2e/postText',
  '/gewe/v2/api/@evil/postText',
  '/gewe/v2/api/message/postText%0d%0aX:1',
  '/gewe/v2/api/message/postText/',
  '/gewe/v2/api/message/postText#x',
  '/gewe/v2/api/contacts/fetchContactsLis%74',
  '/v2/api/contacts/%66etchContactsListCache',
  'http://evil/gewe/v2/api/y/../message/postText',
  'http://evil/foo/%2E./gewe/v2/api/message/postText',
  'http://evil/foo\\..\\gewe/v2/api/message/postText',
])('%j is not found, and GeWe is not called', async (target) => {
  const before = [gewe.received.length, other.connections()];
  for (const host of ['x', new URL(other.url).host]) {
    expect(await refused(target, host)).toEqual(['404', 'not-found']);
  }
  expect([gewe.received.length, other.connections()]).toEqual(before);
});

it.each([
  '/gewe/v2/api/message/post%54ext',
  '/v2/api/message/%70ostText',
  'http://evil/v2/api/message/post%54ext',
])('%j, which the gateway decodes, is a plain call to GeWe and to nobody else', async (target) => {
  const before = gewe.received.length;
  expect((await say(target)).head).toMatch(/^HTTP\/1\.1 200 /);
  expect(gewe.received.slice(before).map(({ url }) => url)).toEqual(['/gewe/v2/api/message/postText']);
  expect(other.connections()).toBe(0);
});

it('what cannot be decoded is refused', async () => {
  const before = gewe.received.length;
  const { head, body } = await say('/gewe/v2/api/message/%zz');
  expect([head.split(' ')[1], body]).toEqual(['400', '{"message":"Bad Request"}']);
  expect(gewe.received.length).toBe(before);
});

it.each([
  ['/v1/devices/x/../wx_demo/contacts', '404', 'not-found'],
  ['/v1/devices/wx_demo/%2e%2e', '404', 'not-found'],
  ['/v1/devices/wx%5Fdemo/contacts', '405', 'method-not-allowed'],
  ['/v1/devices/..%2F..%2Fx/contacts/refreshes', '400', 'invalid-request'],
  ['/v1/devices/wx_demo/contacts?x=/../y', '405', 'method-not-allowed'],
])('under the resource, %s is answered %s %s', async (target, status, code) => {
  const { head, body } = await say(target);
  expect([head.split(' ')[1], codeIn(JSON.parse(body).type)]).toEqual([status, code]);
});

it('no content type is made up, on the way there or back', async () => {
  for (const [host, body] of [
    ['x', '{}'],
    ['x', ''],
    ['x\r\nContent-Type:', '{}'],
  ] as const) {
    const before = gewe.received.length;
    const { head, body: back } = await say('/gewe/v2/api/message/postText', host, body);
    expect([head.split(' ')[1], back]).toEqual(['200', body]);
    expect(gewe.received.length).toBe(before + 1);
    expect(gewe.received.at(-1)?.headers).not.toHaveProperty('content-type');
    expect(head).not.toMatch(/^content-type/im);
  }
});

it.each(['application/json', 'application/xml'])(
  'the content type %s comes back as GeWe gave it',
  async (type) => {
    const { head, body } = await say('/gewe/v2/api/message/postText', 'x', `type ${type}`);
    expect(/^content-type: (.+)/im.exec(head)?.[1]).toBe(type);
    expect(body).toBe('');
  },
);

it('the token is nowhere in the output', () => {
  expect(running.output()).toContain('"message":"request answered"');
  expect(running.output()).not.toContain('canary');
});
