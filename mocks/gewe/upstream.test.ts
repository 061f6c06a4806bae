import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPrism, startPrismMock, startPrismProxy } from '../prism.ts';
import { type RunningGeweMock, startGeweMock } from './serve.ts';

const specFiles = [fileURLToPath(new URL('upstream.yaml', import.meta.url))];
let prism: RunningPrism;
let gewe: RunningGeweMock;
/** Passes calls on to our own mock, and judges what it answers. */
let judge: RunningPrism;
beforeAll(async () => {
  prism = await startPrismMock({ specFiles, port: 0 });
  gewe = await startGeweMock({ port: 0 });
  judge = await startPrismProxy({ specFiles, port: 0, upstream: gewe.url });
});
afterAll(async () => {
  await judge.close();
  await gewe.close();
  await prism.close();
});

const calls = [
  ['/gewe/v2/api/login/checkOnline', { appId: 'wx_demo' }],
  ['/v2/api/login/checkOnline', { appId: 'wx_demo' }],
  ['/gewe/v2/api/login/setCallback', { token: 't', callbackUrl: 'http://127.0.0.1:9/x' }],
  ['/v2/api/tools/setCallback', { token: 't', callbackUrl: 'http://127.0.0.1:9/x' }],
  ['/gewe/v2/api/group/getChatroomInfo', { appId: 'wx_demo', chatroomId: '1@chatroom' }],
  ['/v2/api/group/getChatroomInfo', { appId: 'wx_demo', chatroomId: '1@chatroom' }],
  ...['/gewe/v2/api', '/v2/api'].flatMap((prefix) => [
    [`${prefix}/message/postText`, { appId: 'wx_demo', toWxid: 'filehelper', content: 'hello' }] as const,
    [`${prefix}/contacts/getBriefInfo`, { appId: 'wx_demo', wxids: ['wxid_a', '1@chatroom'] }] as const,
    [`${prefix}/contacts/getDetailInfo`, { appId: 'wx_demo', wxids: ['wxid_a'] }] as const,
    [`${prefix}/contacts/deleteFriend`, { appId: 'wx_demo', wxid: 'wxid_a' }] as const,
    [
      `${prefix}/group/saveContractList`,
      { appId: 'wx_demo', chatroomId: '1@chatroom', operType: 3 },
    ] as const,
    [`${prefix}/group/quitChatroom`, { appId: 'wx_demo', chatroomId: '1@chatroom' }] as const,
  ]),
] as const;

const post = (url: string, body: object, headers: Record<string, string> = { 'X-GEWE-TOKEN': 't' }) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe.each(['/gewe/v2/api/tools/getTokenId', '/v2/api/tools/getTokenId'])('%s', (path) => {
  const told = { ret: 200, msg: '执行成功', data: expect.stringMatching(/^[0-9a-f]{32}$/) };

  it.each([{}, { 'X-GEWE-TOKEN': '' }])('tells a token to whoever has none: %o', async (headers) => {
    expect(await (await post(`${prism.url}${path}`, {}, headers)).json()).toEqual(told);
    for (const scenario of ['normal', 'offline', 'device-unknown'] as const) {
      gewe.mock.setScenario(scenario);
      const response = await post(`${judge.url}${path}`, {}, headers);
      expect(response.headers.get('sl-violations')).toBeNull();
      expect(await response.json()).toEqual(told);
    }
  });
});

describe.each(calls)('%s', (path, body) => {
  it('is played by Prism with a success', async () => {
    const response = await post(`${prism.url}${path}`, body);
    expect([response.status, await response.json()]).toMatchObject([200, { ret: 200 }]);
  });

  it('is refused by Prism without a token, or with nothing in it', async () => {
    expect((await post(`${prism.url}${path}`, body, {})).status).toBe(422);
    expect((await post(`${prism.url}${path}`, {})).status).toBe(422);
  });

  it.each(['normal', 'offline', 'device-unknown', 'token-rejected'] as const)(
    'is answered by our mock as the contract says: %s',
    async (scenario) => {
      gewe.mock.setScenario(scenario);
      const response = await post(`${judge.url}${path}`, body);
      expect(response.status).toBe(200);
      expect(response.headers.get('sl-violations')).toBeNull();
    },
  );
});
