import { afterAll, describe, expect, it } from 'vitest';
import { startScriptedServer } from '../../tests/support/scripted-server.ts';
import { createRoomInfoClient } from './rooms.ts';

const secret = { token: 'canary-7f3a', appId: 'wx_demo' };
const roomId = '1@chatroom';
const never = new AbortController().signal;
const nothing = { name: null, remark: null, owner: null, memberCount: null };

const server = await startScriptedServer();
afterAll(() => server.close());
const ask = (timeoutMs = 10_000) =>
  createRoomInfoClient({ baseUrl: `${server.url}/v2/api`, timeoutMs }).fetchInfo(secret, roomId, never);
const askOf = (data: unknown) => {
  server.play((response) => response.end(JSON.stringify({ ret: 200, msg: '操作成功', data })));
  return ask();
};

it('asks for one room of the device, with the token in the header', async () => {
  const memberList = [{ wxid: 'wxid_1' }, { wxid: 'wxid_2' }];
  const data = {
    chatroomId: roomId,
    nickName: '周末爬山',
    remark: '山',
    chatRoomOwner: 'wxid_1',
    memberList,
  };
  const info = { name: '周末爬山', remark: '山', owner: 'wxid_1', memberCount: 2 };
  expect(await askOf(data)).toEqual({ kind: 'room', info });
  const [request] = server.received;
  expect(request).toMatchObject({ method: 'POST', url: '/v2/api/group/getChatroomInfo' });
  expect(JSON.parse(String(request?.body))).toEqual({ appId: 'wx_demo', chatroomId: roomId });
  expect(request?.headers).toMatchObject({ 'x-gewe-token': 'canary-7f3a' });
});

describe('what GeWe tells', () => {
  it.each([
    [{}, nothing],
    [{ nickName: null, remark: null, chatRoomOwner: null, memberList: null }, nothing],
    [
      { nickName: '', memberList: [] },
      { ...nothing, memberCount: 0 },
    ],
    [{ nickName: 5, memberList: { count: 3 } }, nothing],
    [{ nickName: 'n'.repeat(600) }, { ...nothing, name: 'n'.repeat(512) }],
  ])('%j is taken as far as it goes', async (data, info) => {
    expect(await askOf(data)).toEqual({ kind: 'room', info });
  });

  it.each([
    [null, 'upstream-empty'],
    [undefined, 'upstream-empty'],
    [[], 'upstream-malformed'],
    ['name', 'upstream-malformed'],
  ])('%j is a failure', async (data, failureClass) => {
    expect(await askOf(data)).toEqual({ kind: 'failure', class: failureClass });
  });

  it('of a failure leaves without its texts', async () => {
    server.play((response) => response.end('{"ret":500,"msg":"X-GEWE-TOKEN=canary-7f3a 不可用"}'));
    expect(await ask()).toEqual({ kind: 'failure', class: 'token-rejected' });
    server.play((response) => response.end('{"ret":500,"msg":"失败","data":{"msg":"微信已离线"}}'));
    expect(await ask()).toEqual({ kind: 'failure', class: 'device-offline' });
    server.play(() => undefined);
    expect(await ask(20)).toEqual({ kind: 'failure', class: 'upstream-timeout' });
  });
});
