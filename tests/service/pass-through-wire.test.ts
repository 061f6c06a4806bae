import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../acceptance/client.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { type Service, startService } from './service.ts';

// The whole way of a call over real sockets, with a GeWe that keeps every connection and every byte.

const token = 'token-of-the-wire';
const json = { 'X-GEWE-TOKEN': token, 'Content-Type': 'application/json' };

let respond: Script;
let gewe: ScriptedServer;
/** Hosts that nobody is to call. */
let other: ScriptedServer;
let service: Service;
beforeAll(async () => {
  gewe = await startScriptedServer((...received) => respond(...received));
  other = await startScriptedServer((response) => response.end('other'));
  service = await startService({
    env: {
      GEWE_BASE_URL: `${gewe.url}/v2/api`,
      PASS_THROUGH: 'message,group,tools,contacts',
    },
  });
});
afterAll(async () => {
  await service.close();
  await other.close();
  await gewe.close();
});

const post = (path: string, body: string | Buffer = '{}', headers: Record<string, string> = json) =>
  call(`${service.url}${path}`, 'POST', { body: body.toString('utf8'), headers });
const codeOf = (text: string): unknown => JSON.parse(text).data.code;

/** What GeWe answers to a body: of any length, type and status, and the same each time. */
function answerTo(body: Buffer) {
  const digest = createHash('sha256').update(body).digest();
  const [kind = 0, size = 0] = digest;
  const id = digest.readBigUInt64BE();
  const text = Buffer.from(
    `{"ret":200,"msg":"操作成功","data":{"newMsgId":${id},"text":"${'文'.repeat(size)}"}}`,
  );
  switch (kind % 4) {
    case 0:
      return { status: 200, headers: { 'Content-Type': 'application/json;charset=UTF-8' }, body: text };
    case 1:
      return { status: 500, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<html>') };
    case 2:
      return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: digest };
    default:
      return { status: 200, headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(text, { level: 1 }) };
  }
}

describe('10,000 mixed calls, 50 at once', () => {
  it('get GeWe its bytes and their callers its answers, byte for byte, each sent once', async () => {
    respond = (response, { body }) => {
      const answer = answerTo(body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    };
    const names = ['message/postText', 'message/postImage', 'group/getChatroomInfo', 'group/removeMember'];
    const before = gewe.received.length;
    let next = 0;
    async function caller() {
      while (next < 10_000) {
        const nth = next;
        next += 1;
        const prefix = nth % 2 === 0 ? '/gewe/v2/api' : '/v2/api';
        const padding = randomBytes(nth % 97).toString('hex');
        const sent = `{"nth":${nth},"newMsgId":${9_007_199_254_740_993n + BigInt(nth)},"content":"你好${padding}"}`;
        const reply = await post(`${prefix}/${names[nth % 4]}`, sent);
        const answer = answerTo(Buffer.from(sent));
        if (reply.status !== answer.status || !reply.bytes.equals(answer.body)) {
          throw new Error(`call ${nth} was answered otherwise: ${reply.status} ${reply.text.slice(0, 200)}`);
        }
      }
    }
    await Promise.all(Array.from({ length: 50 }, caller));
    const came = gewe.received.slice(before);
    const nths = came.map(({ body }) => Number(/"nth":(\d+)/.exec(body.toString())?.[1]));
    expect(came).toHaveLength(10_000);
    expect(new Set(nths).size).toBe(10_000);
    expect(came.every(({ url }, index) => url === `/v2/api/${names[(nths[index] ?? 0) % 4]}`)).toBe(true);
  });
});

describe('GeWe', () => {
  it('may answer with 4 MB, and not with 8 MB', async () => {
    respond = (response, { body }) => response.end(Buffer.alloc(Number(body.toString()), 'x'));
    expect((await post('/v2/api/message/postText', '4000000')).bytes).toHaveLength(4_000_000);
    const large = await post('/v2/api/message/postText', '8000000');
    expect([large.status, codeOf(large.text)]).toEqual([200, 'answer-too-large']);
  });

  it('may reset amid the answer', async () => {
    respond = (response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('{"ret":', () => response.socket?.resetAndDestroy());
    };
    const before = gewe.received.length;
    const reply = await post('/v2/api/message/postText');
    expect([reply.status, codeOf(reply.text)]).toEqual([200, 'upstream-cut-off']);
    expect(reply.text).toContain('可能已被执行');
    expect(gewe.received.length).toBe(before + 1);
  });

  it('may send its callers somewhere else: nobody goes there', async () => {
    respond = (response) => response.writeHead(301, { Location: `${other.url}/x` }).end('moved');
    const reply = await post('/v2/api/message/postText');
    expect([reply.status, reply.text, reply.headers.location]).toEqual([301, 'moved', undefined]);
    expect(other.connections()).toBe(0);
  });

  it('is not asked for more than 5 MiB: what is larger is refused, and the next call is served', async () => {
    respond = (response) => response.end('{"ret":200}');
    const before = gewe.received.length;
    const large = await post('/v2/api/message/postText', 'x'.repeat(5_500_000));
    expect([large.status, codeOf(large.text)]).toEqual([200, 'request-too-large']);
    // This no function gets to see.
    const larger = await post('/v2/api/message/postText', 'x'.repeat(8_000_000));
    expect([larger.status, larger.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(gewe.received.length).toBe(before);
    expect((await post('/v2/api/message/postText', 'x'.repeat(5_000_000))).text).toBe('{"ret":200}');
  });

  it('is not asked for a list, however the name of the operation is written', async () => {
    const before = gewe.received.length;
    for (const prefix of ['/gewe/v2/api', '/v2/api']) {
      for (const name of [
        'fetchContactsLis%74',
        '%66etchContactsList',
        'fetchContactsListCach%65',
        'fetchContactsList%43ache',
      ]) {
        const reply = await post(`${prefix}/contacts/${name}`, '{"appId":"wx_demo"}');
        expect([reply.status, codeOf(reply.text)]).toEqual([404, 'not-found']);
      }
    }
    expect(gewe.received.length).toBe(before);
  });

  it('is not asked for groups that are not passed', async () => {
    const before = gewe.received.length;
    const reply = await post('/gewe/v2/api/sns/likeSns');
    expect([reply.status, codeOf(reply.text)]).toEqual([200, 'not-passed-through']);
    expect(gewe.received.length).toBe(before);
  });

  it('is asked for a first token as the call came, with no token', async () => {
    respond = (response) => response.end('{"ret":200,"data":"0123456789abcdef0123456789abcdef"}');
    const before = gewe.received.length;
    const reply = await post('/v2/api/tools/getTokenId', '{ }', { 'Content-Type': 'application/json' });
    expect(reply.text).toBe('{"ret":200,"data":"0123456789abcdef0123456789abcdef"}');
    const [came, ...more] = gewe.received.slice(before);
    expect(more).toEqual([]);
    expect([came?.url, came?.body.toString()]).toEqual(['/v2/api/tools/getTokenId', '{ }']);
    expect(came?.headers['x-gewe-token'] ?? '').toBe('');
  });

  it('has what it encoded decoded by nobody', async () => {
    respond = (response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"ret":200}'));
    const reply = await post('/v2/api/message/postText');
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(reply.bytes).toString()).toBe('{"ret":200}');
  });
});

describe('no trick of the path, the target or the Host', () => {
  /** One request as it is written, and the first line of its answer. */
  async function say(target: string, host: string): Promise<string> {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nX-GEWE-TOKEN: ${token}\r\nConnection: close\r\n`;
    socket.write(`${head}Content-Length: 2\r\n\r\n{}`);
    let said = '';
    socket.on('data', (data) => {
      said += data.toString();
    });
    await once(socket, 'close');
    return said.split('\r\n')[0] ?? '';
  }

  it('reaches anything but GeWe, and there anything but a plain call', async () => {
    respond = (response) => response.end('{"ret":200}');
    const before = gewe.received.length;
    const evil = new URL(other.url).host;
    for (const target of [
      '/gewe/v2/api/../../x',
      '/gewe/v2/api/message/../../../x',
      '/gewe/v2/api/message%2f..%2f/postText',
      '/gewe/v2/api/message/..%2f..%2fadmin',
      '/gewe/v2/api/%2e%2e/postText',
      `/gewe/v2/api/@${evil}/postText`,
      `/gewe/v2/api/message/@${evil}`,
      `/gewe/v2/api//${evil}/postText`,
      '/gewe/v2/api/message/postText%0d%0aHost:%20x',
      '/gewe/v2/api/message/postText%00',
      '/gewe/v2/api/message/postText;a=b',
      '/gewe/v2/api/message/%zz',
      `http://${evil}/gewe/v2/api/message/postText`,
      `http://${evil}@127.0.0.1/gewe/v2/api/message/postText`,
      '/v2/api/message/postText?x=//evil',
    ]) {
      for (const host of ['x', evil, `127.0.0.1@${evil}`])
        expect(await say(target, host)).toMatch(/^HTTP\/1\.1 [24]/);
    }
    expect(other.connections()).toBe(0);
    // The absolute form is a way to write the path: the host that it names is nobody's.
    for (const { url, headers } of gewe.received.slice(before)) {
      expect(url).toBe('/v2/api/message/postText');
      expect(headers.host).toBe(new URL(gewe.url).host);
    }
  });
});

it('GeWe down is told, and that the call was not carried out; the service goes on', async () => {
  await gewe.close();
  const reply = await post('/v2/api/message/postText');
  expect([reply.status, codeOf(reply.text)]).toEqual([200, 'upstream-unreachable']);
  expect(reply.text).toContain('未被执行');
  const cached = await post('/v2/api/contacts/fetchContactsListCache', '{"appId":"wx_demo"}');
  expect(JSON.parse(cached.text)).toEqual({ ret: 200, msg: '操作成功' });
});
