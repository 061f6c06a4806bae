import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { geweBaseUrl } from '../../lib/gewe/base-url.ts';
import { type RunningPrism, startPrismMock, startPrismProxy } from '../../mocks/prism.ts';
import { type Call, call } from '../acceptance/client.ts';
import { type Service, startService } from '../service/service.ts';
import { passedOperationIds, specFile, upstreamSpecFile } from './documented.ts';

const token = 'token-of-the-contract';
const prefixes = ['/gewe/v2/api', '/v2/api'] as const;

/** The calls that the mocks know. */
const calls = [
  ['login/checkOnline', {}],
  ['message/postText', { toWxid: 'filehelper', content: 'hello' }],
  ['group/getChatroomInfo', { chatroomId: '1@chatroom' }],
  ['contacts/getBriefInfo', { wxids: ['wxid_a'] }],
  ['contacts/getDetailInfo', { wxids: ['wxid_a'] }],
  ['contacts/deleteFriend', { wxid: 'wxid_a' }],
  ['group/saveContractList', { chatroomId: '1@chatroom', operType: 3 }],
  ['group/quitChatroom', { chatroomId: '1@chatroom' }],
] as const;

let service: Service;
/** Passes requests on to the service; neither they nor the answers may break the contract. */
let judge: RunningPrism;
/** The same, for requests that are wrong on purpose. */
let lenient: RunningPrism;
beforeAll(async () => {
  service = await startService();
  const place = { port: 0, upstream: service.url };
  // GeWe's own contract judges what it says through us, too.
  judge = await startPrismProxy({ specFiles: [specFile, upstreamSpecFile], ...place });
  lenient = await startPrismProxy({ specFiles: [specFile], checkRequests: false, ...place });
});
afterAll(async () => {
  await judge?.close();
  await lenient?.close();
  await service?.close();
});
beforeEach(() => service.gewe.mock.setScenario('normal'));

async function ask(path: string, more: Call = {}, through = judge) {
  const reply = await call(through.url + path, 'POST', { token, ...more });
  expect(reply.headers['sl-violations'], reply.text.slice(0, 300)).toBeUndefined();
  expect(reply.text).not.toContain('stoplight.io');
  return { status: reply.status, ...JSON.parse(reply.text) };
}

describe.each(prefixes)('within the contract, under %s', (prefix) => {
  it.each(calls)('%s is answered', async (name, body) => {
    const answer = await ask(`${prefix}/${name}`, { body: { appId: 'wx_demo', ...body } });
    expect(answer).toMatchObject({ status: 200, ret: 200 });
  });

  it('tools/getTokenId is answered without a token', async () => {
    const { headers, text } = await call(`${judge.url}${prefix}/tools/getTokenId`, 'POST', { body: {} });
    expect(headers['sl-violations']).toBeUndefined();
    expect(JSON.parse(text)).toMatchObject({ ret: 200, data: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it.each(['offline', 'device-unknown', 'token-rejected'] as const)(
    "GeWe's own listRejections come back: %s",
    async (scenario) => {
      service.gewe.mock.setScenario(scenario);
      const answer = await ask(`${prefix}/message/postText`, {
        body: { appId: 'wx_demo', toWxid: 'filehelper', content: 'x' },
      });
      expect(answer).toMatchObject({ status: 200, ret: 500 });
    },
  );

  it.each([
    ['no token', { token: '' }, 'token-missing'],
    ['a token with a space', { token: 'a b' }, 'token-invalid'],
    ['6 MB', { body: 'x'.repeat(6_000_000), headers: { 'Content-Type': 'text/plain' } }, 'request-too-large'],
  ])('a call with %s is refused', async (_what, more, code) => {
    const refused = await ask(`${prefix}/message/postText`, more, lenient);
    expect(refused).toMatchObject({ status: 200, ret: 500, data: { code } });
  });

  it('a connection that is lost is told', async () => {
    service.gewe.mock.setScenario('reset');
    const lost = await ask(`${prefix}/message/postText`, { body: {} }, lenient);
    expect(lost).toMatchObject({ status: 200, ret: 500, data: { code: 'upstream-cut-off' } });
  });

  it('a name that is none is not found', async () => {
    const unknown = await ask(`${prefix}/message/post.Text`, {}, lenient);
    expect(unknown).toMatchObject({ status: 404, ret: 404, data: { code: 'not-found' } });
  });
});

it('the judge is awake', async () => {
  const reply = await call(`${judge.url}/gewe/v2/api/message/postText`, 'POST', { token, body: {} });
  expect(reply.headers['sl-violations']).toContain('toWxid');
});

it('the contract describes them once under each prefix', async () => {
  const described = (await getHttpOperationsFromSpec(specFile)).filter(({ path }) =>
    path.includes('{operation}'),
  );
  expect(described.map(({ iid, path }) => [iid, path])).toEqual(
    passedOperationIds.map((id, index) => [id, `${prefixes[index]}/{group}/{operation}`]),
  );
});

describe('Prism, when it plays GeWe (npm start)', () => {
  let prism: RunningPrism;
  beforeAll(async () => {
    prism = await startPrismMock({ specFiles: [specFile, upstreamSpecFile], port: 0 });
  });
  afterAll(() => prism.close());

  it.each(prefixes)('answers what it knows as GeWe does, and all else with success: %s', async (prefix) => {
    const baseUrl = geweBaseUrl(prism.url + prefix);
    const post = async (name: string, body: object) =>
      JSON.parse(
        (await call(`${baseUrl}/${name}`, 'POST', { token, body: { appId: 'wx_demo', ...body } })).text,
      );
    const room = await post('group/getChatroomInfo', { chatroomId: '1@chatroom' });
    expect(room.data.nickName).toBe('周末爬山');
    expect((await post('message/postText', { toWxid: 'a', content: 'b' })).data.type).toBe(1);
    expect((await post('login/checkOnline', {})).data).toBe(true);
    expect(await post('login/getLoginQrCode', {})).toEqual({ ret: 200, msg: '操作成功' });
  });
});
