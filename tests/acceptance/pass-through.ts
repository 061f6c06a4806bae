import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Call, call } from './client.ts';
import type { Target } from './target.ts';

const token = 'token-of-pass-through';
const appId = 'wx_pass_through';

/** GeWe's other calls, and what they lead to; `patientSettings`. */
export function passThroughSuite(targetOf: () => Target): void {
  let baseUrl: string;
  beforeAll(() => {
    baseUrl = targetOf().url;
  });
  const gewe = (name: string, body: object, more: Call = {}, prefix = '/gewe/v2/api') =>
    call(`${baseUrl}${prefix}/${name}`, 'POST', { token, body: { appId, ...body }, ...more });

  describe("GeWe's other calls", () => {
    beforeAll(() => targetOf().setScenario('normal'));

    it.each(['/gewe/v2/api', '/v2/api'])('are answered as GeWe does, under %s', async (prefix) => {
      const online = await gewe('login/checkOnline', {}, {}, prefix);
      expect(online).toMatchObject({ status: 200, text: '{"ret":200,"msg":"操作成功","data":true}' });
      expect(online.headers['content-type']).toBe('application/json;charset=UTF-8');
      const infos = await gewe('contacts/getBriefInfo', { wxids: ['wxid_a', '1@chatroom'] }, {}, prefix);
      expect(JSON.parse(infos.text).data).toMatchObject([{ userName: 'wxid_a' }, { userName: '1@chatroom' }]);
      const room = await gewe('group/getChatroomInfo', { chatroomId: '1@chatroom' }, {}, prefix);
      expect(JSON.parse(room.text).data.chatroomId).toBe('1@chatroom');
    });

    it('keep 64-bit ids intact', async () => {
      const sent = await gewe('message/postText', { toWxid: 'filehelper', content: '你好' });
      expect(sent.text).toMatch(/"newMsgId":\d{18,19},/);
      const again = await gewe('message/postText', { toWxid: 'filehelper', content: '你好' });
      expect(again.text).toBe(sent.text);
    });

    it('give back what GeWe does not know, too', async () => {
      const unknown = await gewe('nothing/atAll', {});
      expect([unknown.status, unknown.text]).toEqual([
        404,
        'The GeWe mock has no POST /gewe/v2/api/nothing/atAll.\n',
      ]);
    });

    it.each([
      ['/gewe/v2/api/contacts/..%2f..%2fx', {}],
      ['/gewe/v2/api/contacts/no.thing', {}],
      ['/gewe/v2/api/contacts/post%2fText/x', {}],
      ['/gewe/v2/api/contacts', {}],
      ['/v2/api/contacts/a/b', {}],
    ])('are not those at %s', async (path, body) => {
      const reply = await call(`${baseUrl}${path}`, 'POST', { token, body });
      expect([reply.status, JSON.parse(reply.text).data.code]).toEqual([404, 'not-found']);
    });

    it.each([
      ['no token', { token: '' }, '', 'token-missing'],
      ['a query', {}, '?x=1', 'invalid-request'],
    ])('are refused with %s', async (_what, more, query, code) => {
      const reply = await gewe(`message/postText${query}`, {}, more);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code } });
    });

    it('set the callback of a token that has none here, at GeWe', async () => {
      const reply = await gewe('login/setCallback', { token, callbackUrl: 'http://127.0.0.1:9/x' });
      expect(JSON.parse(reply.text)).toEqual({ ret: 200, msg: '操作成功' });
      // GeWe judges it, in its own words.
      const others = await gewe('login/setCallback', { token: 'x', callbackUrl: 'http://127.0.0.1:9/x' });
      expect(JSON.parse(others.text)).toEqual({ ret: 500, msg: 'token 与 header:X-GEWE-TOKEN 不一致' });
    });
  });

  it('a call that changes contacts asks for one refresh, which makes the device known', async () => {
    const changed = 'wx_changed_by_a_call';
    for (const wxid of ['wxid_a', 'wxid_b', 'wxid_c']) {
      const reply = await gewe('contacts/deleteFriend', { appId: changed, wxid });
      expect(JSON.parse(reply.text)).toEqual({ ret: 200, msg: '操作成功' });
    }
    const contacts = `${baseUrl}/v1/devices/${changed}/contacts`;
    let status = 404;
    for (let tries = 0; status !== 200 && tries < 80; tries += 1) {
      await sleep(250);
      status = (await call(contacts, 'GET', { token })).status;
    }
    expect(status).toBe(200);
    expect(await targetOf().listCallsOf(changed)).toBe(1);
  });

  it.each(['reset', 'truncated'] as const)(
    'an answer that never comes whole (%s) is told, and the next call is served',
    async (scenario) => {
      await targetOf().setScenario(scenario);
      const broken = await gewe('message/postText', { toWxid: 'filehelper', content: 'once' });
      expect(broken.status).toBe(200);
      expect(JSON.parse(broken.text)).toMatchObject({ ret: 500, data: { code: 'upstream-cut-off' } });
      await targetOf().setScenario('normal');
      const next = await gewe('message/postText', { toWxid: 'filehelper', content: 'twice' });
      expect(JSON.parse(next.text).ret).toBe(200);
    },
  );
}
