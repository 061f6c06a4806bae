import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Contacts } from '../../lib/device/contacts.ts';
import type { FailureClass } from '../../lib/device/failures.ts';
import type { UpstreamAnswer } from '../../lib/device/ports.ts';
import { createGeweClient } from '../../lib/gewe/client.ts';
import { dirtyListCleaned, makeList, seedList } from './lists.ts';
import { createGeweMock, type GeweMock } from './mock.ts';
import { parseChoice, type ScenarioName, scenarioNames } from './scenarios.ts';
import { startGeweMock } from './serve.ts';

const list = (contacts: Contacts): UpstreamAnswer => ({ kind: 'list', contacts });
const failed = (failureClass: FailureClass, mayStillRun = false): UpstreamAnswer => ({
  kind: 'failure',
  class: failureClass,
  mayStillRun,
});
const empty: UpstreamAnswer = { kind: 'empty' };
const first100 = list(makeList({ friends: 80, chatrooms: 12, ghs: 8 }));

/** What the client makes of the first list call, and of the cache operation when the work of that call is done. */
const expected: Record<ScenarioName, readonly [listed: UpstreamAnswer, cached: UpstreamAnswer]> = {
  normal: [list(seedList), list(seedList)],
  slow: [list(seedList), list(seedList)],
  hangs: [failed('upstream-timeout', true), empty],
  'timeout-then-cached': [failed('upstream-error', true), list(seedList)],
  'token-rejected': [failed('token-rejected'), failed('token-rejected')],
  'device-unknown': [failed('device-unknown'), failed('device-unknown')],
  offline: [failed('device-offline'), failed('device-offline')],
  'no-data': [empty, empty],
  'empty-lists': [empty, empty],
  dirty: [list(dirtyListCleaned), list(dirtyListCleaned)],
  malformed: [failed('upstream-malformed', true), failed('upstream-malformed', true)],
  truncated: [failed('upstream-error', true), failed('upstream-error', true)],
  reset: [failed('upstream-error', true), failed('upstream-error', true)],
  'server-error': [failed('upstream-error', true), failed('upstream-error', true)],
  huge: [
    list(makeList({ friends: 24_000, chatrooms: 4_000, ghs: 2_000 })),
    list(makeList({ friends: 24_000, chatrooms: 4_000, ghs: 2_000 })),
  ],
  shrunken: [first100, first100],
  'shrunken-once': [first100, first100],
};

const secret = { token: 'canary-7f3a', appId: 'wx_demo' };
const never = new AbortController().signal;
const seconds = 0.04;
let baseUrl: string;
let mock: GeweMock;
let stop: () => void | Promise<void>;

const client = () => createGeweClient({ baseUrl });
const fetchList = async (timeoutMs = 10_000, signal = never) =>
  done(await client().fetchList(secret, timeoutMs, signal));
const fetchCached = async () => done(await client().fetchCached(secret, never));

/** The answer, when it is no longer needed. */
function done(answer: UpstreamAnswer): UpstreamAnswer {
  if (answer.kind !== 'list') return answer;
  answer.release?.();
  return { kind: 'list', contacts: answer.contacts };
}

describe.each(['within msw', 'served on its own'])('a scenario %s', (place) => {
  beforeAll(async () => {
    if (place === 'within msw') {
      mock = createGeweMock();
      const server = setupServer(...mock.handlers);
      server.listen({ onUnhandledFrame: 'error' });
      baseUrl = 'http://gewe.test/gewe/v2/api';
      stop = () => server.close();
    } else {
      const running = await startGeweMock({ port: 0 });
      mock = running.mock;
      baseUrl = `${running.url}/v2/api`;
      stop = () => running.close();
    }
  });
  beforeEach(() => mock.state.clear());
  afterAll(() => stop());

  it.each(scenarioNames)('gives the documented class: %s', async (name) => {
    const [listed, cached] = expected[name];
    mock.setScenario(name, seconds);
    expect(await fetchList(name === 'hangs' ? 250 : 10_000)).toEqual(listed);
    await expect.poll(fetchCached, { interval: 10 }).toEqual(cached);
    expect(mock.state.callsOf(secret.token, secret.appId)).toMatchObject({
      listCalls: 1,
      maxOpenListCalls: 1,
    });
  });

  it('switches for the calls that begin afterwards', async () => {
    mock.setScenario('slow', seconds);
    const slow = fetchList();
    await expect.poll(() => mock.state.told(), { interval: 5 }).toHaveLength(1);
    mock.setScenario('offline');
    expect(await fetchList()).toEqual(failed('device-offline'));
    expect(await slow).toEqual(list(seedList));
  });

  it('closes a call whose client has gone', async () => {
    mock.setScenario('hangs');
    const caller = new AbortController();
    const reason = new Error('gone');
    const open = Promise.allSettled([fetchList(10_000, caller.signal), fetchList(10_000, caller.signal)]);
    const calls = () => mock.state.callsOf(secret.token, secret.appId);
    await expect.poll(calls, { interval: 5 }).toMatchObject({ openListCalls: 2 });
    caller.abort(reason);
    expect(await open).toMatchObject([{ reason }, { reason }]);
    await expect.poll(calls, { interval: 5 }).toMatchObject({
      listCalls: 2,
      openListCalls: 0,
      maxOpenListCalls: 2,
      maxRunningListCalls: 2,
      cacheCalls: 0,
    });
  });
});

describe('choosing a scenario', () => {
  it('takes 20 seconds when it is not told how many', () => {
    expect(parseChoice('slow', undefined)).toEqual({ scenario: 'slow', seconds: 20 });
    expect(parseChoice('slow', '0.5')).toEqual({ scenario: 'slow', seconds: 0.5 });
    expect(parseChoice('slow', 0)).toEqual({ scenario: 'slow', seconds: 0 });
  });

  it.each(['', 'Slow', 'toString', '__proto__', undefined, null, 7])(
    'names all there are, not %j',
    (name) => {
      expect(() => parseChoice(name, 5)).toThrow(scenarioNames.join(', '));
    },
  );

  it.each(['', ' ', 'x', '-1', -1, Number.NaN, Number.POSITIVE_INFINITY, '1e9', null, {}])(
    'refuses %j seconds',
    (value) => {
      expect(() => parseChoice('slow', value)).toThrow('seconds must be a number from 0 to 86400');
    },
  );
});
