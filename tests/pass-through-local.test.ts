import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RecordingServer, startRecordingServer } from '../lib/gewe/recording-server.ts';
import { freePorts, leftOvers, type NpmStart, npmStart, type Ports } from './npm-start.ts';

// A call on its way through what `npm start` runs, to a GeWe that keeps every connection and every byte.

const token = 'canary-91e4b7-token';
let gewe: RecordingServer;
/** A host that nobody is to call. */
let other: RecordingServer;
let dataDir: string;
let ports: Ports;
let running: NpmStart;
beforeAll(async () => {
  gewe = await startRecordingServer(({ body }, response) => {
    const isRedirected = body.toString() === 'redirect';
    if (isRedirected) response.writeHead(301, { Location: `${other.url}/x` });
    response.end(isRedirected ? 'moved' : body);
  });
  other = await startRecordingServer((_call, response) => response.end('other'));
  dataDir = mkdtempSync(join(tmpdir(), 'gewe-contacts-pass-'));
  ports = await freePorts();
  const texts = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  const env = { LOCAL_DATA_DIR: dataDir, GEWE_BASE_URL: gewe.url, PASS_THROUGH: 'message' };
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

it('any bytes get there and back', async () => {
  const text = '{"newMsgId":3768973957878705021,"content":"你好"}';
  expect(await (await post(text)).text()).toBe(text);
  const bytes = Uint8Array.from({ length: 1_024 }, (_, index) => index % 256);
  for (const contentType of [
    'application/octet-stream',
    'application/json',
    'multipart/form-data; boundary=x',
  ]) {
    const back = await post(bytes, contentType);
    expect(new Uint8Array(await back.arrayBuffer())).toEqual(bytes);
    expect(gewe.calls.at(-1)?.headers['content-type']).toBe(contentType);
    expect(new Uint8Array(gewe.calls.at(-1)?.body ?? [])).toEqual(bytes);
  }
});

it('a redirect comes back and is followed by nobody', async () => {
  const moved = await post('redirect');
  expect([moved.status, await moved.text(), moved.headers.get('location')]).toEqual([301, 'moved', null]);
});

it.each([8_000_000, 12_000_000])('%i bytes are refused, and the next call is served', async (size) => {
  const before = gewe.calls.length;
  const large = await post('x'.repeat(size));
  expect([large.status, JSON.parse(await large.text()).data.code]).toEqual([200, 'request-too-large']);
  expect(gewe.calls.length).toBe(before);
  expect((await post('{}')).status).toBe(200);
});

it('a group that is left out is refused', async () => {
  const refused = await post('{}', 'application/json', 'contacts/getBriefInfo');
  expect(JSON.parse(await refused.text()).data.code).toBe('not-passed-through');
});

it('no trick of the path, the target or the Host reaches anything but GeWe', async () => {
  const evil = new URL(other.url).host;
  const before = gewe.calls.length;
  const targets = [
    '/gewe/v2/api/../../x',
    '/gewe/v2/api/message/..%2f..%2fadmin',
    '/gewe/v2/api/message%2fpostText/x',
    '/gewe/v2/api/%2e%2e/postText',
    `/gewe/v2/api/@${evil}/postText`,
    '/gewe/v2/api/message/postText%0d%0aX:1',
    '/gewe/v2/api/message/postText/',
    '/gewe/v2/api/message/postText?x=1',
    '/gewe/v2/api/message/%zz',
    `http://${evil}/gewe/v2/api/message/postText`,
    `http://${evil}/x`,
    `${evil}`,
    '*',
  ];
  for (const target of targets) {
    for (const host of ['x', evil]) {
      const socket = connect(ports.PORT, '127.0.0.1');
      const head = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nX-GEWE-TOKEN: ${token}\r\nConnection: close\r\n`;
      socket.write(`${head}Content-Length: 2\r\n\r\n{}`);
      const [answer]: Buffer[] = await once(socket, 'data');
      socket.destroy();
      expect(answer?.toString(), target).toMatch(/^HTTP\/1\.1 [24]/);
    }
  }
  expect(other.connections()).toBe(0);
  for (const { url, headers } of gewe.calls.slice(before)) {
    expect([url, headers.host]).toEqual(['/gewe/v2/api/message/postText', new URL(gewe.url).host]);
  }
});

it('the token is nowhere in the output', () => {
  expect(running.output()).toContain('"message":"answered"');
  expect(running.output()).not.toContain('canary');
});
