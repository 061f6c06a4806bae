import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from '../acceptance/client.ts';
import { passThroughSuite } from '../acceptance/pass-through.ts';
import { patientSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

const { lines } = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (_to: number, bytes: Buffer, offset = 0) => {
    lines.push(bytes.subarray(offset).toString('utf8'));
    return bytes.length - offset;
  };
  return { ...fs, writeSync };
});

let service: Service;
beforeAll(async () => {
  service = await startService({
    env: { ...patientSettings, FORWARD_TO_LOOPBACK: 'ALLOW', LOG_LEVEL: 'INFO' },
  });
});
afterAll(() => service.close());

passThroughSuite(() => service.target);

describe('the first login of a self-hosted client', () => {
  it.each(['/gewe/v2/api', '/v2/api'])('gets its token without having one, under %s', async (prefix) => {
    service.gewe.mock.setScenario('normal');
    for (const headers of [{}, { 'X-GEWE-TOKEN': '' }]) {
      lines.length = 0;
      const reply = await call(`${service.url}${prefix}/tools/getTokenId`, 'POST', { body: {}, headers });
      const told = JSON.parse(reply.text);
      expect(told).toEqual({ ret: 200, msg: '执行成功', data: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(lines.join('')).toContain('"message":"request answered"');
      expect(lines.join('')).not.toContain(told.data);
    }
  });
});

describe('setting a callback of a token that has one here', () => {
  const token = 'canary-3d5c01-token';
  const bot = 'http://127.0.0.1:9/bot';
  const own = (method: string, body?: object) =>
    call(`${service.url}/v1/callback`, method, { token, ...(body && { body }) });
  const setCallback = (callbackUrl: string, path = '/gewe/v2/api/login/setCallback') =>
    call(`${service.url}${path}`, 'POST', { token, body: { token, callbackUrl } });
  let ours: string;
  beforeAll(async () => {
    service.gewe.mock.setScenario('normal');
    ours = JSON.parse((await own('PUT', { register: true })).text).url;
  });

  it.each(['/gewe/v2/api/login/setCallback', '/v2/api/tools/setCallback'])(
    '%s forwards to the URL, and GeWe goes on calling here',
    async (path) => {
      const reply = await setCallback(`${bot}${path}`, path);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.text)).toEqual({ ret: 200, msg: '操作成功' });
      const kept = JSON.parse((await own('GET')).text);
      expect(kept).toMatchObject({ url: ours, registered: true, forwardTo: `${bot}${path}` });
      expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(ours);
    },
  );

  it("changes nothing when it is the service's own URL", async () => {
    await setCallback(bot);
    expect(JSON.parse((await setCallback(ours)).text)).toEqual({ ret: 200, msg: '操作成功' });
    expect(JSON.parse((await own('GET')).text)).toMatchObject({ url: ours, forwardTo: bot });
  });

  it.each([
    ['no URL', 'somewhere', 'must be an http or https URL'],
    ['an address that is not public', 'http://10.0.0.1/x', 'public'],
    ['this service, by another id', '/v1/callbacks/x', 'must not be this service itself'],
    ['far too long', `http://127.0.0.1:9/${'x'.repeat(2_048)}`, 'at most 2048 characters'],
  ])('is refused when the URL is %s, and nothing changes', async (_what, url, why) => {
    await setCallback(bot);
    const reply = await setCallback(url.startsWith('/') ? `${service.url}${url}` : url);
    expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'invalid-request' } });
    expect(JSON.parse(reply.text).msg).toContain(why);
    expect(JSON.parse((await own('GET')).text).forwardTo).toBe(bot);
    expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(ours);
  });

  it('is refused to the bearer of another token', async () => {
    const body = { token, callbackUrl: bot };
    const reply = await call(`${service.url}/v2/api/tools/setCallback`, 'POST', { token: 'another', body });
    expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'invalid-request' } });
    expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(ours);
  });

  it('goes to GeWe again when the callback here was deleted', async () => {
    await own('DELETE');
    expect(JSON.parse((await setCallback(bot)).text)).toEqual({ ret: 200, msg: '操作成功' });
    expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(bot);
  });

  it('registers a URL that GeWe was not told of, and forwards to no other before', async () => {
    const { url } = JSON.parse((await own('PUT', {})).text);
    const refused = JSON.parse((await setCallback(`${bot}/2`)).text);
    expect(refused).toMatchObject({ ret: 500, data: { code: 'invalid-request' } });
    expect(refused.msg).toContain('PUT /v1/callback {"register":true}');
    expect(JSON.parse((await own('GET')).text)).toMatchObject({ registered: false, forwardTo: null });
    const path = '/v2/api/tools/setCallback';
    expect(JSON.parse((await setCallback(url, path)).text)).toEqual({ ret: 200, msg: '操作成功' });
    expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(url);
    expect(JSON.parse((await own('GET')).text)).toMatchObject({ url, registered: true });
    await setCallback(`${bot}/2`);
    expect(JSON.parse((await own('GET')).text).forwardTo).toBe(`${bot}/2`);
  });

  it('tells GeWe its URL again when the registration was lost there', async () => {
    const { url } = JSON.parse((await own('PUT', { register: true })).text);
    service.gewe.mock.state.clear();
    expect(JSON.parse((await setCallback(url)).text)).toEqual({ ret: 200, msg: '操作成功' });
    expect(service.gewe.mock.state.callbackUrlOf(token)).toBe(url);
  });

  it('left no token and no target in the log', () => {
    expect(lines.join('')).toContain('"message":"request answered"');
    expect(lines.join('')).not.toMatch(/canary|token-of-pass|127\.0\.0\.1:9/);
  });
});
