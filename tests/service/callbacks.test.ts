import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDoor } from '../contract/door.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { type Service, startService } from './service.ts';

const token = 'token-of-callbacks';
const room = '20000000001@chatroom';
const samples = join(import.meta.dirname, '../../mocks/gewe/callbacks');
const names = globSync('*.json', { cwd: samples }).toSorted();
const sampleOf = (name: string) => readFileSync(join(samples, name));

/** It has to be stored: no packing makes it fit into a message. */
const unpackable = Buffer.concat([
  sampleOf('room-image.json'),
  Buffer.from(randomBytes(3 * 1024 * 1024).toString('base64')),
]);

let service: Service;
let bot: ScriptedServer;
beforeAll(async () => {
  service = await startService({ env: { FORWARD_TO_LOOPBACK: 'ALLOW', CHATROOM_INTERVAL_S: '0' } });
  bot = await startScriptedServer((response) => response.end('ok'));
});
afterAll(async () => {
  await bot.close();
  await service.close();
});

const call = (method: string, path: string, body?: object) =>
  fetch(`${service.url}${path}`, {
    method,
    headers: { 'X-GEWE-TOKEN': token },
    ...(body && { body: JSON.stringify(body) }),
  });
const post = (url: string, body: Buffer) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const callsOf = () => service.gewe.mock.state.callsOf(token, 'wx_demo');
const idOf = (url: string) => new URL(url).pathname.split('/').at(-1) ?? '';

async function put(terms: object): Promise<{ status: number; url: string }> {
  const answer = await call('PUT', '/v1/callback', terms);
  const { url }: { url: string } = Object(await answer.json());
  return { status: answer.status, url };
}

async function rooms(): Promise<readonly { id: string; name: string | null; status: string }[]> {
  const answer = await call('GET', '/v1/devices/wx_demo/chatrooms');
  const { chatrooms = [] }: { chatrooms?: { id: string; name: string | null; status: string }[] } = Object(
    await answer.json(),
  );
  return chatrooms;
}

describe('callbacks', () => {
  it('are registered at GeWe, whose probe finds the URL, and told to their owner alone', async () => {
    const { status, url } = await put({ register: true, forwardTo: `http://127.0.0.1:${bot.port}/wechat` });
    expect(status).toBe(201);
    await vi.waitFor(async () => {
      const kept = await (await call('GET', '/v1/callback')).json();
      expect(kept).toMatchObject({ url, registered: true, lastCallbackAt: expect.stringMatching(/Z$/) });
    }, 10_000);
    expect((await put({ forwardTo: `http://127.0.0.1:${bot.port}/wechat` })).url).toBe(url);
    expect(JSON.stringify(service.messages)).not.toContain(idOf(url).slice(22));
  });

  it('of every shape are acknowledged, and go on to the bot byte for byte', async () => {
    const { url } = await put({ forwardTo: `http://127.0.0.1:${bot.port}/wechat` });
    for (const name of names) {
      const answer = await post(url, sampleOf(name));
      expect([answer.status, await answer.json()]).toEqual([200, { ret: 200, msg: 'success' }]);
    }
    const large = Buffer.concat([sampleOf('room-image.json'), Buffer.alloc(4 * 1024 * 1024, ' ')]);
    for (const body of [large, unpackable]) expect((await post(url, body)).status).toBe(200);
    const came = (body: Buffer) => bot.received.some((request) => request.body.equals(body));
    await vi.waitFor(() => {
      expect(names.filter((name) => !came(sampleOf(name)))).toEqual([]);
      expect([large, unpackable].map(came)).toEqual([true, true]);
    }, 20_000);
    expect(callsOf()).toMatchObject({ listCalls: 0, chatroomCalls: 0 });
  });

  it('that are too large for a message are not said to be kept while S3 is down', async () => {
    const { url } = await put({});
    const endpoint = process.env.AWS_ENDPOINT_URL_S3;
    const s3 = await openDoor(service.sqsUrl);
    await s3.close();
    // It is read at each call.
    process.env.AWS_ENDPOINT_URL_S3 = s3.url;
    const refused = await post(url, unpackable);
    process.env.AWS_ENDPOINT_URL_S3 = endpoint;
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ type: 'urn:problem-type:gewe-contacts:unavailable' });
    expect((await post(url, unpackable)).status).toBe(200);
  });

  it('are like any unknown path to whoever does not know the id', async () => {
    const { url } = await put({});
    const wrong = await post(
      `${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`,
      sampleOf('room-text.json'),
    );
    const unknown = await post(`${service.url}/v1/nothing`, sampleOf('room-text.json'));
    expect(wrong.status).toBe(404);
    expect(await wrong.text()).toBe(await unknown.text());
  });

  it('discover a room of a subscribed device, and ask for a refresh when a friend goes', async () => {
    const { url } = await put({});
    expect((await call('GET', '/v1/devices/wx_demo/chatrooms')).status).toBe(404);
    expect((await call('PUT', '/v1/devices/wx_demo/subscription', {})).status).toBe(201);
    for (let turn = 0; turn < 5; turn += 1) await post(url, sampleOf('room-text.json'));
    await vi.waitFor(async () => {
      expect(await rooms()).toMatchObject([
        { id: room, name: expect.stringMatching(/^群聊/), status: 'joined' },
      ]);
    }, 10_000);
    expect(callsOf().chatroomCalls).toBe(1);
    await post(url, sampleOf('room-removed.json'));
    await vi.waitFor(async () => expect(await rooms()).toMatchObject([{ status: 'left' }]), 10_000);
  });

  it('refuse a target that is this service itself, or is private', async () => {
    for (const forwardTo of [
      `${service.url}/v1`,
      'http://169.254.169.254/',
      'http://[::ffff:10.0.0.1]/',
      'ftp://a.example',
    ]) {
      const answer = await call('PUT', '/v1/callback', { forwardTo });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/forwardTo' }] });
    }
  });

  it('are answered with 404 once they are deleted', async () => {
    const { url } = await put({});
    expect((await call('DELETE', '/v1/callback')).status).toBe(204);
    expect((await post(url, sampleOf('probe.json'))).status).toBe(404);
    expect((await call('GET', '/v1/callback')).status).toBe(404);
    expect((await put({})).url).not.toBe(url);
  });
});

it('nothing crashed on the way', () => expect(service.crashes).toEqual([]));
