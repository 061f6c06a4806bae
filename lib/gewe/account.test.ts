import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startScriptedServer } from '../../tests/support/scripted-server.ts';
import { createGeweAccount } from './account.ts';

const token = 'canary-7f3a';
const secret = { token, appId: 'wx_demo' };
const callbackUrl = 'https://contacts.example.com/v1/callbacks/id';
const never = new AbortController().signal;

const server = await startScriptedServer();
afterAll(() => server.close());
const answers = (body: string, httpStatus = 200) =>
  server.play((response) => response.writeHead(httpStatus).end(body));
beforeEach(() => answers('{"ret":200,"msg":"操作成功"}'));

const account = (prefix = '/gewe/v2/api', timeoutMs = 10_000) =>
  createGeweAccount({ baseUrl: `${server.url}${prefix}`, timeoutMs });
const check = () => account().checkOnline(secret, never);

it('asks at the paths of the hosted service, and of a self-hosted build', async () => {
  for (const prefix of ['/gewe/v2/api', '/v2/api', '/behind/v2/api']) {
    await account(prefix).checkOnline(secret, never);
    await account(prefix).setCallback(token, callbackUrl, never);
  }
  expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /gewe/v2/api/login/checkOnline',
    'POST /gewe/v2/api/login/setCallback',
    'POST /v2/api/login/checkOnline',
    'POST /v2/api/tools/setCallback',
    'POST /behind/v2/api/login/checkOnline',
    'POST /behind/v2/api/tools/setCallback',
  ]);
  const [first, second] = server.received;
  expect(JSON.parse(String(first?.body))).toEqual({ appId: 'wx_demo' });
  expect(JSON.parse(String(second?.body))).toEqual({ token, callbackUrl });
  for (const { headers } of server.received) {
    expect(headers).toMatchObject({ 'x-gewe-token': token, 'content-type': 'application/json' });
  }
});

describe('an answer', () => {
  it.each(['{"ret":200,"msg":"操作成功","data":true}', '{"ret":200,"msg":null,"data":false}', '{"ret":200}'])(
    '%s is a success, whatever its data',
    async (body) => {
      answers(body);
      expect(await check()).toEqual({ kind: 'success' });
    },
  );

  it.each([
    [`{"ret":500,"msg":"HTTP HEADER: X-GEWE-TOKEN=${token} 不可用或已过期"}`, 200, 'token-rejected'],
    ['{"ret":500,"msg":"失败","data":{"code":"-1","msg":"[wx_demo]设备不存在"}}', 200, 'device-unknown'],
    ['{"ret":500,"msg":"失败","data":{"msg":"微信已离线"}}', 200, 'device-offline'],
    ['{"ret":500,"msg":null}', 200, 'upstream-error'],
    ['canary-7f3a', 502, 'upstream-error'],
    ['<html>', 200, 'upstream-malformed'],
  ])('%s with HTTP %i means %s, and nothing of it leaves', async (body, httpStatus, failureClass) => {
    answers(body, httpStatus);
    const answer = await check();
    expect(answer).toEqual({ kind: 'failure', class: failureClass });
    expect(await account().setCallback(token, callbackUrl, never)).toEqual(answer);
  });

  it('that redirects is not followed', async () => {
    server.play((response) => response.writeHead(307, { location: server.url }).end());
    expect(await check()).toEqual({ kind: 'failure', class: 'upstream-error' });
    expect(server.received).toHaveLength(1);
  });

  it('that does not come in time is a timeout', async () => {
    server.play(() => undefined);
    const late = account('/v2/api', 20).checkOnline(secret, never);
    expect(await late).toEqual({ kind: 'failure', class: 'upstream-timeout' });
  });
});

it('throws the reason of its signal, and of nothing else', async () => {
  const caller = new AbortController();
  server.play(() => caller.abort(new Error('the caller has gone')));
  await expect(account().checkOnline(secret, caller.signal)).rejects.toThrow('the caller has gone');
  await expect(account().checkOnline(secret, caller.signal)).rejects.toThrow('the caller has gone');
  expect(server.received).toHaveLength(1);
});

it('does not send a token that no header can carry', async () => {
  const rejected = { kind: 'failure', class: 'token-rejected' };
  expect(await account().setCallback('令牌', callbackUrl, never)).toEqual(rejected);
  expect(server.received).toHaveLength(0);
});
