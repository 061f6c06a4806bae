import { getResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { sizeOf } from '../../lib/device/changes.ts';
import type { Clock } from '../../lib/device/ports.ts';
import { parseAnswer } from '../../lib/gewe/wire.ts';
import { createGeweMock, type GeweMock, type GeweMockOptions } from './mock.ts';

const notReady = { ret: 200, msg: '操作成功' };
const theList = { ret: 200, data: { friends: expect.any(Array), chatrooms: expect.any(Array) } };
let nowMs: number;
let sleepers: { untilMs: number; wake: () => void }[];
const clock: Clock = {
  now: () => nowMs,
  sleep: (ms) => new Promise((wake) => sleepers.push({ untilMs: nowMs + ms, wake })),
};
let mock: GeweMock;

beforeEach(() => {
  nowMs = 1_000_000;
  sleepers = [];
});

function begin(options: GeweMockOptions): void {
  mock = createGeweMock({ clock, ...options });
}

/** Lets time pass, and those who slept go on. */
function pass(s: number): void {
  nowMs += s * 1000;
  for (const { wake } of sleepers.filter(({ untilMs }) => untilMs <= nowMs)) wake();
  sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
}

function post(
  operation: string,
  token: string | undefined,
  body: string,
  origin = 'http://gewe.test/v2/api',
) {
  const headers = token === undefined ? {} : { 'X-GEWE-TOKEN': token };
  const request = new Request(`${origin}/contacts/${operation}`, { method: 'POST', headers, body });
  return getResponse(mock.handlers, request);
}
const ask = async (operation: string, token = 't', appId = 'wx_demo') => {
  const response = await post(operation, token, JSON.stringify({ appId }));
  return response?.type === 'error' ? 'reset' : response?.json();
};
const fetchList = (token?: string, appId?: string) => ask('fetchContactsList', token, appId);
const fetchCached = (token?: string, appId?: string) => ask('fetchContactsListCache', token, appId);
const asleep = (count = 1) => expect.poll(() => sleepers.length, { interval: 1 }).toBe(count);
function idsOf(answer: unknown): number | undefined {
  const read = parseAnswer({ httpStatus: 200, body: JSON.stringify(answer) });
  return read.kind === 'list' ? sizeOf(read.contacts) : undefined;
}

describe('the cache operation', () => {
  it('has what an earlier call would have left, before any call', async () => {
    begin({ scenario: 'slow' });
    expect(await fetchCached()).toMatchObject(theList);
  });

  it('has nothing while a list call runs, then its result for ten minutes', async () => {
    begin({ scenario: 'slow', seconds: 60 });
    const listing = fetchList();
    await asleep();
    pass(59);
    expect(await fetchCached()).toEqual(notReady);
    pass(1);
    expect(await listing).toMatchObject(theList);
    expect(await fetchCached()).toMatchObject(theList);
    pass(599);
    expect(await fetchCached()).toMatchObject(theList);
    pass(1);
    expect(await fetchCached()).toEqual(notReady);
  });

  it('has the result although the list call was reset', async () => {
    begin({ scenario: 'timeout-then-cached', seconds: 60 });
    const listing = fetchList();
    await asleep();
    pass(30);
    expect(await listing).toBe('reset');
    pass(29);
    expect(await fetchCached()).toEqual(notReady);
    pass(1);
    expect(await fetchCached()).toMatchObject(theList);
  });

  it('keeps the devices of different tokens apart', async () => {
    begin({ scenario: 'shrunken' });
    await fetchList('t1');
    await fetchList('t1');
    expect(idsOf(await fetchCached('t1'))).toBe(10);
    expect(idsOf(await fetchCached('t2'))).toBe(100);
    expect(idsOf(await fetchCached('t1', 'wx_other'))).toBe(100);
  });

  it('keeps what earlier calls left there when the scenario changes', async () => {
    begin({ scenario: 'huge' });
    await fetchList();
    mock.setScenario('normal');
    expect(idsOf(await fetchCached())).toBe(30_000);
  });
});

describe('a list that shrinks', () => {
  it('is short from the second call on, or the second time only', async () => {
    begin({ scenario: 'shrunken' });
    const sizes = async () => [await fetchList(), await fetchList(), await fetchList()].map(idsOf);
    expect(await sizes()).toEqual([100, 10, 10]);
    mock.setScenario('shrunken-once');
    expect(await sizes()).toEqual([100, 10, 100]);
  });
});

describe('the counts', () => {
  it('tell list calls, open ones and cache calls of each device', async () => {
    begin({ scenario: 'slow', seconds: 60 });
    const both = [fetchList(), fetchList()];
    await asleep(2);
    expect(mock.state.callsOf('t', 'wx_demo')).toMatchObject({ listCalls: 2, openListCalls: 2 });
    pass(60);
    await Promise.all(both);
    mock.setScenario('normal');
    await fetchList();
    await fetchCached();
    expect(mock.state.callsOf('t', 'wx_demo')).toEqual({
      listCalls: 3,
      openListCalls: 0,
      maxOpenListCalls: 2,
      maxRunningListCalls: 2,
      cacheCalls: 1,
      chatroomCalls: 0,
      maxOpenChatroomCalls: 0,
    });
    expect(mock.state.callsOf('t', 'wx_other').listCalls).toBe(0);
  });

  it('show a list call that began while GeWe was still at work on a lost one', async () => {
    begin({ scenario: 'timeout-then-cached', seconds: 60 });
    const first = fetchList();
    await asleep();
    pass(30);
    await first;
    mock.setScenario('normal');
    await fetchList();
    expect(mock.state.callsOf('t', 'wx_demo')).toMatchObject({ maxOpenListCalls: 1, maxRunningListCalls: 2 });
  });

  it('are told without tokens', async () => {
    begin({ scenario: 'token-rejected' });
    await fetchList('canary-7f3a');
    await fetchCached('canary-7f3b');
    const told = mock.state.told();
    expect(told).toMatchObject([
      { bearer: 1, appId: 'wx_demo', listCalls: 1 },
      { bearer: 2, appId: 'wx_demo', cacheCalls: 1 },
    ]);
    expect(JSON.stringify(told)).not.toContain('canary');
    mock.state.clear();
    expect(mock.state.told()).toEqual([]);
  });
});

describe('a request', () => {
  it.each(['fetchContactsList', 'fetchContactsListCache'])(
    'is checked as GeWe does: %s',
    async (operation) => {
      begin({});
      const said = async (token: string | undefined, body: string) =>
        (await post(operation, token, body))?.json();
      const noToken = { ret: 500, msg: 'header:X-GEWE-TOKEN 不可为空' };
      expect(await said(undefined, '{"appId":"wx_demo"}')).toEqual(noToken);
      expect(await said(' ', '{')).toEqual(noToken);
      for (const body of ['', '{', 'null', '[]', '{}', '{"appId":7}', '{"appId":" "}']) {
        expect(await said('t', body)).toMatchObject({ ret: 500 });
      }
      expect(mock.state.told()).toEqual([]);
    },
  );

  it('is answered under both prefixes, at the given origin alone', async () => {
    const answeredAt = (url: string) => post('fetchContactsList', 't', '{"appId":"wx_demo"}', url);
    begin({ origin: 'http://api.geweapi.com' });
    expect(await answeredAt('http://api.geweapi.com/v2/api')).toHaveProperty('status', 200);
    expect(await answeredAt('http://api.geweapi.com/gewe/v2/api')).toHaveProperty('status', 200);
    expect(await answeredAt('http://api.geweapi.com/other/v2/api')).toBeUndefined();
    expect(await answeredAt('http://127.0.0.1:3000/gewe/v2/api')).toBeUndefined();
    begin({});
    expect(await answeredAt('http://127.0.0.1:3000/gewe/v2/api')).toHaveProperty('status', 200);
  });
});
