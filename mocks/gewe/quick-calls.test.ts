import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../tests/support/scripted-server.ts';
import type { ScenarioName } from './scenarios.ts';
import { type RunningGeweMock, startGeweMock } from './serve.ts';

let gewe: RunningGeweMock;
let answerStatus: number;
let receiver: ScriptedServer;
let receiverUrl: string;
beforeEach(async () => {
  gewe = await startGeweMock({ port: 0 });
  answerStatus = 200;
  receiver = await startScriptedServer((response) => response.writeHead(answerStatus).end());
  receiverUrl = `${receiver.url}/callbacks/id`;
});
afterEach(async () => {
  await receiver.close();
  await gewe.close();
});

async function ask(operation: string, body: object, token = 't'): Promise<unknown> {
  const response = await fetch(`${gewe.url}/gewe/v2/api/${operation}`, {
    method: 'POST',
    headers: { 'X-GEWE-TOKEN': token },
    body: JSON.stringify(body),
  });
  return response.json();
}
/** What the receiver of callbacks got. */
const received = () =>
  receiver.received.map(({ headers, body }) => `${headers['content-type']} ${body.toString()}`);
const during = (scenario: ScenarioName, seconds?: number) => gewe.mock.setScenario(scenario, seconds);
const set = (operation = 'login/setCallback', callbackUrl = receiverUrl) =>
  ask(operation, { token: 't', callbackUrl });
const fetchRoomInfo = (chatroomId = '1@chatroom', appId = 'wx_demo') =>
  ask('group/getChatroomInfo', { appId, chatroomId });

const ok = { ret: 200, msg: '操作成功' };

describe('login/checkOnline', () => {
  it('says that a device is online, and in the scenario offline that it is not', async () => {
    expect(await ask('login/checkOnline', { appId: 'wx_demo' })).toEqual({ ...ok, data: true });
    during('offline');
    expect(await ask('login/checkOnline', { appId: 'wx_demo' })).toEqual({ ...ok, data: false });
  });

  it('says what is wrong with token or device', async () => {
    during('token-rejected');
    expect(await ask('login/checkOnline', { appId: 'wx_demo' }, 'x')).toEqual({
      ret: 500,
      msg: 'HTTP HEADER: X-GEWE-TOKEN=x 不可用或已过期',
    });
    during('device-unknown');
    expect(await ask('login/checkOnline', { appId: 'wx_demo' })).toMatchObject({
      ret: 500,
      data: { msg: '[wx_demo]设备不存在' },
    });
    during('normal');
    expect(await ask('login/checkOnline', {})).toEqual({ ret: 500, msg: 'appId 不可为空' });
  });
});

describe('setCallback', () => {
  it.each([
    ['login/setCallback', () => ({ msg: '设置订阅成功!!', callBackUrl: receiverUrl })],
    ['tools/setCallback', () => ({ testMsg: '回调地址测试', token: 't' })],
  ])('probes the URL before it answers: %s', async (operation, probe) => {
    expect(await set(operation)).toEqual(ok);
    expect(received()).toEqual([`application/json ${JSON.stringify(probe())}`]);
    expect(gewe.mock.state.callbackUrlOf('t')).toBe(receiverUrl);
  });

  it.each([404, 503])(
    'fails when the probe is answered with %i, and keeps the URL before',
    async (status) => {
      await set();
      answerStatus = status;
      expect(await set('login/setCallback', `${receiverUrl}/2`)).toMatchObject({ ret: 500 });
      expect(gewe.mock.state.callbackUrlOf('t')).toBe(receiverUrl);
    },
  );

  it('takes a URL that cannot be reached from here', async () => {
    expect(await set('login/setCallback', 'http://127.0.0.1:9/x')).toEqual(ok);
  });

  it('refuses another token than that of the header, and what is missing', async () => {
    for (const body of [
      {},
      { token: 't' },
      { token: 'other', callbackUrl: receiverUrl },
      { token: 't', callbackUrl: 'x' },
    ])
      expect(await ask('login/setCallback', body)).toMatchObject({ ret: 500 });
    expect(gewe.mock.state.callbackUrlOf('t')).toBeUndefined();
  });

  it('is about the token: a device that is offline or unknown does not matter', async () => {
    for (const scenario of ['offline', 'device-unknown'] as const) {
      during(scenario);
      expect(await set()).toEqual(ok);
    }
    during('token-rejected');
    expect(await set()).toMatchObject({ ret: 500 });
  });
});

describe('group/getChatroomInfo', () => {
  it('makes up a room, the same every time, and another one for another id', async () => {
    const room = await fetchRoomInfo();
    expect(room).toMatchObject({
      ...ok,
      data: {
        chatroomId: '1@chatroom',
        nickName: expect.stringMatching(/./),
        chatRoomOwner: expect.stringMatching(/^wxid_/),
        memberList: expect.arrayContaining([expect.objectContaining({ wxid: expect.any(String) })]),
      },
    });
    expect(await fetchRoomInfo()).toEqual(room);
    expect(await fetchRoomInfo('2@chatroom')).not.toMatchObject({
      data: { nickName: Object(room).data.nickName },
    });
  });

  it('counts the calls of each device', async () => {
    await Promise.all([
      fetchRoomInfo(),
      fetchRoomInfo('2@chatroom'),
      fetchRoomInfo('1@chatroom', 'wx_other'),
    ]);
    expect(gewe.mock.state.callsOf('t', 'wx_demo').chatroomCalls).toBe(2);
    expect(gewe.mock.state.callsOf('t', 'wx_other')).toMatchObject({
      chatroomCalls: 1,
      maxOpenChatroomCalls: 1,
    });
  });

  it.each([
    ['token-rejected', { msg: 'HTTP HEADER: X-GEWE-TOKEN=t 不可用或已过期' }],
    ['device-unknown', { data: { msg: '[wx_demo]设备不存在' } }],
    ['offline', { msg: '获取群信息失败', data: { code: '-1', msg: '微信已离线' } }],
  ] as const)('fails in the scenario %s, and is counted', async (scenario, said) => {
    during(scenario);
    expect(await fetchRoomInfo()).toMatchObject({ ret: 500, ...said });
    expect(gewe.mock.state.callsOf('t', 'wx_demo').chatroomCalls).toBe(1);
  });

  it('shows calls that were open at the same time when they are slow', async () => {
    during('slow', 0.05);
    await Promise.all([fetchRoomInfo(), fetchRoomInfo('2@chatroom')]);
    expect(gewe.mock.state.callsOf('t', 'wx_demo').maxOpenChatroomCalls).toBe(2);
  });

  it('knows no room without @chatroom, and asks for what is missing', async () => {
    expect(await fetchRoomInfo('wxid_1')).toMatchObject({ ret: 500, data: { msg: '群聊不存在' } });
    expect(await fetchRoomInfo('')).toEqual({ ret: 500, msg: 'chatroomId 不可为空' });
    expect(await fetchRoomInfo('1@chatroom', ' ')).toEqual({ ret: 500, msg: 'appId 不可为空' });
  });
});

describe('POST /__mock/callback', () => {
  const post = (body: string, token: string) =>
    fetch(`${gewe.url}/__mock/callback`, {
      method: 'POST',
      headers: { 'X-GEWE-TOKEN': token, 'Content-Type': 'text/json' },
      body,
    });

  it('posts the body as it is to the URL of the token, and tells how it was answered', async () => {
    await set();
    const before = received().length;
    answerStatus = 503;
    expect(await (await post('{"NewMsgId": 7773749793478223190 }', 't')).json()).toEqual({ status: 503 });
    expect(received().slice(before)).toEqual(['text/json {"NewMsgId": 7773749793478223190 }']);
  });

  it('says in one line that a token has no URL, or that its receiver is away', async () => {
    expect((await post('{}', 'nobody')).status).toBe(404);
    await set('login/setCallback', 'http://127.0.0.1:9/x');
    expect((await post('{}', 't')).status).toBe(502);
  });
});
