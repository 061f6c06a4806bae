import type { Contacts } from '../../lib/device/contacts.ts';
import { dirtyData, makeList, seedList } from './lists.ts';
import type { QuickOperation } from './passed-calls.ts';
import { envelope, failed, noData, type Reply, success } from './replies.ts';

/** The call that a scenario decides about. */
export interface Call {
  readonly token: string;
  readonly appId: string;
  /** Of the scenario, in seconds. */
  readonly seconds: number;
  /** This device's list calls since the scenario was chosen, this one included. */
  readonly nth: number;
}

/** How a list call goes. */
export interface Course {
  readonly reply: Reply;
  /** From the call to its reply; 0 when absent. */
  readonly replyAfterS?: number;
  /** From the call until GeWe is done with it, which can be long after the reply; at the reply when absent. */
  readonly workS?: number;
  /** `data` of the result; from the end of the work the cache has it. */
  readonly result?: unknown;
}

export interface Scenario {
  readonly description: string;
  listCall(call: Call): Course;
  /** What the cache operation always answers; when absent, it has what the list calls left there. */
  cached?(call: Call): Reply;
  /** What a quick call is answered instead of what it asks for. */
  quick?(call: Call, operation: QuickOperation): Reply | undefined;
  /** How long `group/getChatroomInfo` takes, in seconds; no time when absent. */
  quickAfterS?(call: Call): number;
}

/** For how long the scenarios that take time do so, unless told otherwise. */
export const defaultSeconds = 20;

/** Both operations answer the same, at once: GeWe, or what stands before it, is ill. */
function always(description: string, reply: (call: Call) => Reply): Scenario {
  return { description, listCall: (call) => ({ reply: reply(call) }), cached: reply };
}

/** The same of every other call, too. */
function ill(description: string, reply: (call: Call) => Reply): Scenario {
  return { ...always(description, reply), quick: reply };
}

/** List calls are answered at once. */
function gives(description: string, data: (nth: number) => unknown): Scenario {
  return {
    description,
    listCall: ({ nth }) => ({ reply: success(data(nth)), result: data(nth) }),
  };
}

const hugeList = lazy(() => makeList({ friends: 24_000, chatrooms: 4_000, ghs: 2_000 }));
const fullList = makeList({ friends: 80, chatrooms: 12, ghs: 8 });
const shortList = makeList({ friends: 8, chatrooms: 1, ghs: 1 });

const unknownDevice = ({ appId }: Call): Reply => failed(`[${appId}]设备不存在`);

/** What sets a token's callback or asks for a token is none of a device's business. */
function isOfDevice(operation: QuickOperation): boolean {
  return !operation.endsWith('/setCallback') && operation !== 'tools/getTokenId';
}

export const scenarios = {
  normal: gives("answers at once with the list of GeWe's documentation", () => seedList),
  slow: {
    description: 'answers the list call, and calls about chatrooms, after --seconds',
    listCall: ({ seconds }) => ({ reply: success(seedList), replyAfterS: seconds, result: seedList }),
    quickAfterS: ({ seconds }) => seconds,
  },
  hangs: {
    description: 'never answers the list call, and the cache never has a result',
    listCall: () => ({ reply: { kind: 'never' }, workS: Number.POSITIVE_INFINITY }),
    cached: () => noData,
  },
  'timeout-then-cached': {
    description: 'resets the list call after half of --seconds; the cache has the result after all of them',
    listCall: ({ seconds }) => ({
      reply: { kind: 'reset' },
      replyAfterS: seconds / 2,
      workS: seconds,
      result: seedList,
    }),
  },
  'token-rejected': ill('says that the token is invalid, and repeats it, as GeWe does', ({ token }) =>
    envelope({ ret: 500, msg: `HTTP HEADER: X-GEWE-TOKEN=${token} 不可用或已过期` }),
  ),
  'device-unknown': {
    ...always('says that there is no such device', unknownDevice),
    quick: (call, operation) => (isOfDevice(operation) ? unknownDevice(call) : undefined),
  },
  offline: {
    ...always('says that the device is offline', () => failed('微信已离线')),
    quick: (_call, operation) => {
      if (!isOfDevice(operation)) return undefined;
      if (operation === 'login/checkOnline') return success(false);
      const what = operation === 'group/getChatroomInfo' ? '获取群信息失败' : '操作失败';
      return failed('微信已离线', what);
    },
  },
  'no-data': always('says success without data', () => noData),
  'empty-lists': always('says success with three empty lists', () =>
    success({ friends: [], chatrooms: [], ghs: [] }),
  ),
  dirty: gives(
    'lists with null, "null", blanks, numbers, duplicates, gh_ ids among friends',
    () => dirtyData,
  ),
  malformed: ill('answers with broken JSON', () => ({
    kind: 'text',
    status: 200,
    contentType: 'application/json;charset=UTF-8',
    text: '{"ret":200,"msg":"操作成功","data":{"friends":["weixin",,',
  })),
  truncated: ill('closes the connection amid the answer', () => ({
    kind: 'cut',
    envelope: { ret: 200, msg: '操作成功', data: seedList },
  })),
  reset: ill('resets the connection without an answer', () => ({ kind: 'reset' })),
  'server-error': ill("answers 502 with a gateway's HTML page", () => ({
    kind: 'text',
    status: 502,
    contentType: 'text/html',
    text: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
  })),
  huge: gives('answers at once with 30,000 ids', hugeList),
  shrunken: gives('lists 100 ids at first, and only 10 ever after', (nth) =>
    nth === 1 ? fullList : shortList,
  ),
  'shrunken-once': gives('lists 100 ids, but only 10 the second time', (nth) =>
    nth === 2 ? shortList : fullList,
  ),
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export function isScenarioName(name: unknown): name is ScenarioName {
  return typeof name === 'string' && Object.hasOwn(scenarios, name);
}

export const scenarioNames: readonly ScenarioName[] = Object.keys(scenarios).filter(isScenarioName);

/** A scenario, chosen. */
export interface Choice {
  readonly scenario: ScenarioName;
  readonly seconds: number;
}

/**
 * Reads what a person or a test chose; `seconds` may be absent.
 *
 * @throws Error whose message, one line for a person, names what is allowed.
 */
export function parseChoice(scenario: unknown, seconds: unknown): Choice {
  if (!isScenarioName(scenario)) {
    throw new Error(
      `There is no scenario ${JSON.stringify(scenario)}. There are: ${scenarioNames.join(', ')}.`,
    );
  }
  const number =
    seconds === undefined ? defaultSeconds : typeof seconds === 'string' ? toNumber(seconds) : seconds;
  if (typeof number !== 'number' || !(number >= 0 && number <= 86_400)) {
    throw new Error(`seconds must be a number from 0 to 86400, not ${JSON.stringify(seconds)}.`);
  }
  return { scenario, seconds: number };
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function lazy(make: () => Contacts): () => Contacts {
  let made: Contacts | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
