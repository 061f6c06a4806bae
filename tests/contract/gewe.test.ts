import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceSecret } from '../../lib/device/ports.ts';
import { geweBaseUrl } from '../../lib/gewe/base-url.ts';
import { createGeweClient } from '../../lib/gewe/client.ts';
import seedList from '../../mocks/gewe/seed-list.json' with { type: 'json' };
import { type RunningPrism, startPrismMock } from '../../mocks/prism.ts';
import { call, clientOf } from '../acceptance/client.ts';
import { type Service, startService } from '../service/service.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { specFile, upstreamSpecFile } from './documented.ts';

const token = 'token-for-gewe';
const secret: DeviceSecret = { token, appId: 'wx_demo' };
/** The device whose list calls are cut off when they have been answered. */
const lostAppId = 'wx_lost';

let prism: RunningPrism;
beforeAll(async () => {
  prism = await startPrismMock({ specFiles: [specFile, upstreamSpecFile], port: 0 });
});
afterAll(() => prism.close());

describe('our calls to GeWe', () => {
  let wire: { readonly url: string; readonly told: readonly string[]; close(): Promise<void> };
  let service: Service;
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    wire = await startWire(prism.url);
    service = await startService({ env: { GEWE_BASE_URL: wire.url } });
    client = clientOf(service.url, token);
  });
  afterAll(async () => {
    await service.close();
    await wire.close();
  });

  it('keep to the contract: the list call', async () => {
    const reply = await client.fetchContactsList('wx_demo');
    expect(JSON.parse(reply.text).data).toEqual(seedList);
    expect(wire.told).toContain('/gewe/v2/api/contacts/fetchContactsList wx_demo 200');
  });

  it('keep to the contract: the look into the cache after a list call that was lost', async () => {
    const reply = await client.fetchContactsList(lostAppId);
    expect(JSON.parse(reply.text).data).toEqual(seedList);
    expect(wire.told.filter((line) => line.includes(lostAppId))).toEqual([
      `/gewe/v2/api/contacts/fetchContactsList ${lostAppId} 200`,
      `/gewe/v2/api/contacts/fetchContactsListCache ${lostAppId} 200`,
    ]);
  });
});

describe('the client of GeWe', () => {
  const signal = new AbortController().signal;

  it.each(['', '/gewe/v2/api', '/v2/api'])('keeps to the contract at a base URL of "%s"', async (prefix) => {
    const told: string[] = [];
    const gewe = createGeweClient({
      baseUrl: geweBaseUrl(prism.url + prefix),
      onCall: ({ operation, httpStatus }) => told.push(`${operation} ${httpStatus}`),
    });
    expect(await gewe.fetchList(secret, 5_000, signal)).toEqual({ kind: 'list', contacts: seedList });
    expect(await gewe.fetchCached(secret, signal)).toEqual({ kind: 'list', contacts: seedList });
    expect(told).toEqual(['list 200', 'cached 200']);
  });

  it('is refused there when a device id breaks the contract', async () => {
    const statuses: unknown[] = [];
    const gewe = createGeweClient({
      baseUrl: geweBaseUrl(prism.url),
      onCall: ({ httpStatus }) => statuses.push(httpStatus),
    });
    const wrong = { token, appId: 'wx.demo' };
    expect(await gewe.fetchList(wrong, 5_000, signal)).toMatchObject({ kind: 'failure' });
    expect(await gewe.fetchCached(wrong, signal)).toMatchObject({ kind: 'failure' });
    expect(statuses).toEqual([422, 422]);
  });
});

describe('the judge is awake', () => {
  const paths = ['/gewe/v2/api', '/v2/api'].flatMap((prefix) =>
    ['fetchContactsList', 'fetchContactsListCache'].map((name) => `${prefix}/contacts/${name}`),
  );
  it.each([
    ['no token', { body: { appId: 'wx_demo' } }],
    ['a token with a space', { token: 'a b', body: { appId: 'wx_demo' } }],
    ['no body', { token }],
    ['no appId', { token, body: {} }],
    ['an appId by another name', { token, body: { appid: 'wx_demo' } }],
    ['an appId that is a number', { token, body: { appId: 7 } }],
  ])('it refuses a call with %s', async (_what, request) => {
    for (const path of paths) expect((await call(prism.url + path, 'POST', request)).status).toBe(422);
  });

  it('it refuses another method and another path', async () => {
    const [path] = paths;
    expect((await call(`${prism.url}${path}`, 'GET', { token })).status).toBe(405);
    expect((await call(`${prism.url}${path}/s`, 'POST', { token, body: secret })).status).toBe(404);
  });
});

/** Passes calls on as they are and notes how they were answered; the answers to lost list calls it keeps. */
async function startWire(upstream: string) {
  const told: string[] = [];
  const server = await startScriptedServer(
    async (response, { url: path, method, headers, body }, { socket }) => {
      const passed = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
      const text = body.toString();
      const reply = await call(upstream + path, method, { body: text, headers: Object.fromEntries(passed) });
      const { appId }: { appId: string } = JSON.parse(text);
      told.push(`${path} ${appId} ${reply.status}`);
      if (appId === lostAppId && path.endsWith('/fetchContactsList')) socket.resetAndDestroy();
      else response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(reply.text);
    },
  );
  return { url: server.url, told, close: server.close };
}
