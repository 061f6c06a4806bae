import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerJson, type ScriptedServer, startScriptedServer } from '../../tests/support/scripted-server.ts';
import type { Listening } from '../loopback.ts';
import type { BusEvent } from './eventbridge.ts';
import { startEventBridge } from './eventbridge.ts';
import { sendCallback, sendRefresh } from './send.ts';

const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
const file = join(folder, 'callback.json');
const bytes = Buffer.from('{ "NewMsgId": 7773749793478223190 }\n\xff', 'latin1');
writeFileSync(file, bytes);
afterAll(() => rmSync(folder, { recursive: true }));

const events: BusEvent[] = [];
let bus: Listening;
beforeAll(async () => {
  bus = await startEventBridge({ busName: 'b', onEvent: (event) => events.push(event), log: () => {} });
});
afterAll(() => bus.close());

let api: ScriptedServer;
/** One after the other. */
let answers: { readonly status: number; readonly body?: object }[];
beforeEach(async () => {
  answers = [];
  api = await startScriptedServer((...received) => {
    const { status = 500, body = {} } = answers.shift() ?? {};
    answerJson(body, status)(...received);
  });
});
afterEach(() => api.close());

const portOf = (url: string) => Number(new URL(url).port);

it('asks for a refresh on the bus', async () => {
  const told = await sendRefresh('id', 'b', portOf(bus.url));
  expect(events).toMatchObject([
    {
      'detail-type': 'Contacts Refresh Requested',
      source: 'npm-run-event',
      detail: { subscriptionId: 'id' },
    },
  ]);
  expect(told).toContain(events[0]?.id);
});

it('posts the bytes of a file to the callback URL of the token', async () => {
  answers = [{ status: 200, body: { url: `${api.url}/v1/callbacks/x` } }, { status: 200 }];
  expect(await sendCallback(file, 'mine', api.port)).toContain('It was taken (200)');
  const [asked, posted, ...more] = api.received;
  expect(more).toEqual([]);
  expect(asked).toMatchObject({ method: 'GET', url: '/v1/callback', headers: { 'x-gewe-token': 'mine' } });
  expect(posted).toMatchObject({ method: 'POST', url: '/v1/callbacks/x', body: bytes });
  expect(posted?.headers['content-type']).toBe('application/json');
  expect(posted?.headers).not.toHaveProperty('x-gewe-token');
});

it('shows how to make a callback when there is none, without a token that was given', async () => {
  answers = [{ status: 404 }, { status: 404 }];
  await expect(sendCallback(file, 't', api.port)).rejects.toThrow(
    `curl -X PUT localhost:${api.port}/v1/callback -H 'X-GEWE-TOKEN: t' -H 'content-type: application/json' -d '{}'`,
  );
  await expect(sendCallback(file, 'canary', api.port)).rejects.not.toThrow('canary');
});

it('says in one line what is wrong: the file, the stack, the token, the receiver', async () => {
  const missing = join(folder, 'none.json');
  await expect(sendCallback(missing, 't', api.port)).rejects.toThrow(`there is no file ${missing}`);
  answers = [{ status: 403, body: { detail: 'not allowed' } }];
  await expect(sendCallback(file, 't', api.port)).rejects.toThrow('GET /v1/callback: 403 not allowed');
  answers = [{ status: 200, body: { url: `${api.url}/v1/callbacks/x` } }, { status: 503 }];
  await expect(sendCallback(file, 't', api.port)).rejects.toThrow('the callback was answered with 503');
  const gone = await startScriptedServer();
  await gone.close();
  const nobody = `nobody listens on 127.0.0.1:${gone.port}`;
  await expect(sendCallback(file, 't', gone.port)).rejects.toThrow(`${nobody} (PORT): start the stack`);
  await expect(sendRefresh('id', 'b', gone.port)).rejects.toThrow(`${nobody} (EVENTS_PORT): start the stack`);
});
