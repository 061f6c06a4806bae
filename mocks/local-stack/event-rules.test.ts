import { expect, it } from 'vitest';
import { createDispatcher } from './event-rules.ts';
import type { BusEvent } from './eventbridge.ts';
import type { Invocation } from './functions.ts';
import type { FunctionConfig } from './serverless-config.ts';

const called: FunctionConfig = {
  key: 'on-event',
  name: 'service-on-event',
  timeoutS: 29,
  routes: [],
  queues: [],
  schedules: [],
  rules: [{ name: 'asked', busName: 'contacts', detailTypes: ['Asked'] }],
  maxRetries: 2,
  allowsLoops: false,
};

const event: BusEvent = {
  version: '0',
  id: 'id',
  'detail-type': 'Asked',
  source: 'test',
  account: '',
  time: '',
  region: '',
  resources: [],
  detail: {},
};

/** Sends an event to functions that answer so, one after the other. */
async function dispatched(sent: Partial<BusEvent>, answers: readonly Invocation[] = []) {
  const lines: string[] = [];
  const invoked: object[] = [];
  const left = [...answers];
  const dispatch = createDispatcher({
    functions: [called, { ...called, key: 'other', rules: [] }],
    invoke: async ({ name }, given) => {
      invoked.push({ name, given });
      return left.shift() ?? { kind: 'answered', payload: null };
    },
    log: (line) => lines.push(line),
    pauseMs: 0,
  });
  await dispatch({ ...event, ...sent });
  return { lines, invoked };
}

it('invokes the function whose rule names the type, with the event', async () => {
  const { lines, invoked } = await dispatched({});
  expect(invoked).toEqual([{ name: 'service-on-event', given: event }]);
  expect(lines).toEqual(['Asked (test): on-event']);
});

it('leaves an event of another type alone, and says so', async () => {
  const { lines, invoked } = await dispatched({ 'detail-type': 'Asked ' });
  expect(invoked).toEqual([]);
  expect(lines).toEqual(['Asked  (test): no function here takes it']);
});

it('tells the ids that an event is about, and nothing else of its detail', async () => {
  const deviceKey = 'A'.repeat(43);
  const subscriptionId = `${deviceKey}.0123abcd`;
  const detail = { subscriptionId, deviceKey: 'canary-token', refreshId: 'canary', token: 'canary-token' };
  const { lines } = await dispatched({ detail });
  expect(lines).toEqual([`Asked (test) subscriptionId ${subscriptionId}: on-event`]);
});

it('tries a function that fails as often as serverless.yml says, and then drops the event', async () => {
  const crashed: Invocation = { kind: 'crashed', reason: 'broken' };
  const { lines, invoked } = await dispatched({}, [crashed, crashed, crashed, crashed]);
  expect(invoked).toHaveLength(3);
  expect(lines.at(-1)).toBe('on-event failed (broken); event dropped');
  expect((await dispatched({}, [crashed])).invoked).toHaveLength(2);
});
