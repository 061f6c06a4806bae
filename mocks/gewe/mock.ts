import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpHandler, http } from 'msw/http';
import type { Clock } from '../../lib/device/ports.ts';
import { type CallbackUrls, type Posted, postTo } from './callback-urls.ts';
import { type DeviceCalls, DeviceStates, type ToldCalls } from './device-calls.ts';
import { isPassedOperation, passedCalls, type QuickOperation, quickOperations } from './passed-calls.ts';
import { checkOnline, getChatroomInfo, type QuickCall, readAny, setCallback, textOf } from './quick-calls.ts';
import { envelope, noData, type Reply, success, toResponse } from './replies.ts';
import {
  type Call,
  type Course,
  defaultSeconds,
  type Scenario,
  type ScenarioName,
  scenarios,
} from './scenarios.ts';

export interface GeweMockOptions {
  /** `normal` when absent. */
  readonly scenario?: ScenarioName;
  /** 20 when absent. */
  readonly seconds?: number;
  /** The handlers answer at this origin alone (`http://api.geweapi.com`); at any when absent. */
  readonly origin?: string;
  /** So that tests need not wait; the real time when absent. */
  readonly clock?: Clock;
}

export interface GeweMock {
  /** For `setupServer(...handlers)` or `getResponse(handlers, request)` of msw. */
  readonly handlers: HttpHandler[];
  readonly state: {
    callsOf(token: string, appId: string): DeviceCalls;
    /** Every device that called; no tokens. */
    told(): readonly ToldCalls[];
    /** The most list calls that were open at the same time, of all devices together. */
    mostOpenListCalls(): number;
    /** Where the callbacks of a token are posted; undefined when nobody said. */
    callbackUrlOf(token: string): string | undefined;
    /** Forgets every call, result and callback URL; calls that are open go on. */
    clear(): void;
  };
  /** For the calls that begin from now on. What earlier calls left in the cache stays there. */
  setScenario(scenario: ScenarioName, seconds?: number): void;
  /** Posts a callback to the URL of a token, once, as it is; undefined when it has none. */
  postCallback(
    token: string,
    body: Uint8Array<ArrayBuffer> | string,
    contentType?: string,
  ): Promise<Posted | undefined>;
}

/** GeWe keeps a result for ten minutes (its documentation). */
const cacheMemoryMs = 600_000;

/**
 * GeWe's two contact operations, and the quick ones that are called beside, under both prefixes, played from a scenario. The cache operation has nothing while a
 * list call runs, its result for ten minutes after, and, before any list call, what an earlier one would have left.
 */
export function createGeweMock(options: GeweMockOptions = {}): GeweMock {
  const clock = options.clock ?? realTime;
  const devices = new DeviceStates();
  const callbackUrls: CallbackUrls = new Map();
  let scenario: Scenario = scenarios[options.scenario ?? 'normal'];
  let seconds = options.seconds ?? defaultSeconds;
  let [openListCalls, mostOpenListCalls] = [0, 0];

  async function listCall(call: Omit<Call, 'nth' | 'seconds'>, signal: AbortSignal): Promise<Response> {
    const device = devices.get(call.token, call.appId);
    const startedAtMs = clock.now();
    device.nth += 1;
    const course: Course = scenario.listCall({ ...call, seconds, nth: device.nth });
    const replyAfterMs = (course.replyAfterS ?? 0) * 1000;
    const endsAtMs = startedAtMs + (course.workS ?? course.replyAfterS ?? 0) * 1000;
    if (course.result !== undefined) device.result = { data: course.result, readyAtMs: endsAtMs };

    device.listCalls += 1;
    openListCalls += 1;
    mostOpenListCalls = Math.max(mostOpenListCalls, openListCalls);
    device.openListCalls += 1;
    device.maxOpenListCalls = Math.max(device.maxOpenListCalls, device.openListCalls);
    device.workEndsAtMs = [...device.workEndsAtMs.filter((atMs) => atMs > startedAtMs), endsAtMs];
    device.maxRunningListCalls = Math.max(device.maxRunningListCalls, device.workEndsAtMs.length);
    try {
      if (course.reply.kind === 'never') await abortOf(signal);
      else if (replyAfterMs > 0) await clock.sleep(replyAfterMs, signal);
    } finally {
      openListCalls -= 1;
      device.openListCalls -= 1;
    }
    return toResponse(course.reply);
  }

  function cachedReply(call: Omit<Call, 'nth' | 'seconds'>): Reply {
    const device = devices.get(call.token, call.appId);
    device.cacheCalls += 1;
    if (scenario.cached !== undefined) return scenario.cached({ ...call, seconds, nth: device.nth });
    if (device.result === undefined) {
      const { result } = scenario.listCall({ ...call, seconds, nth: 1 });
      return result === undefined ? noData : success(result);
    }
    const ageMs = clock.now() - device.result.readyAtMs;
    return ageMs >= 0 && ageMs < cacheMemoryMs ? success(device.result.data) : noData;
  }

  async function quickCall(operation: QuickOperation, { token, body }: QuickCall): Promise<Reply> {
    const appId = textOf(body, 'appId') ?? '';
    const call = { token, appId, seconds, nth: 0 };
    const instead = scenario.quick?.(call, operation);
    if (isPassedOperation(operation)) return instead ?? passedCalls[operation](body);
    if (operation !== 'group/getChatroomInfo') {
      if (instead !== undefined) return instead;
      return operation === 'login/checkOnline'
        ? checkOnline({ token, body })
        : setCallback(operation, { token, body }, callbackUrls);
    }
    if (appId === '') return envelope({ ret: 500, msg: 'appId 不可为空' });
    const wait = (s: number) => (s > 0 ? clock.sleep(s * 1000) : Promise.resolve());
    const reply = await getChatroomInfo({ token, body }, devices.get(token, appId), scenario, call, wait);
    return instead ?? reply;
  }

  const at =
    (operation: string) =>
    ({ request }: { request: Request }): boolean => {
      const { origin, pathname } = new URL(request.url);
      const suffix = `/v2/api/${operation}`;
      return [suffix, `/gewe${suffix}`].includes(pathname) && [undefined, origin].includes(options.origin);
    };
  return {
    handlers: [
      http.post(at('contacts/fetchContactsList'), async ({ request }) => {
        const call = await readCall(request);
        return 'kind' in call ? toResponse(call) : listCall(call, request.signal);
      }),
      http.post(at('contacts/fetchContactsListCache'), async ({ request }) => {
        const call = await readCall(request);
        return toResponse('kind' in call ? call : cachedReply(call));
      }),
      ...quickOperations.map((operation) =>
        http.post(at(operation), async ({ request }) => {
          const call = await readAny(request, operation);
          return toResponse('kind' in call ? call : await quickCall(operation, call));
        }),
      ),
    ],
    state: {
      callsOf: (token, appId) => devices.callsOf(token, appId),
      told: () => devices.told(),
      mostOpenListCalls: () => mostOpenListCalls,
      callbackUrlOf: (token) => callbackUrls.get(token),
      clear() {
        devices.clear();
        mostOpenListCalls = openListCalls;
        callbackUrls.clear();
      },
    },
    setScenario(name, newSeconds = defaultSeconds) {
      scenario = scenarios[name];
      seconds = newSeconds;
      devices.scenarioChosen();
    },
    async postCallback(token, body, contentType) {
      const url = callbackUrls.get(token);
      return url === undefined ? undefined : postTo(url, body, contentType);
    },
  };
}

async function readCall(request: Request): Promise<{ token: string; appId: string } | Reply> {
  const call = await readAny(request);
  if ('kind' in call) return call;
  const appId = textOf(call.body, 'appId');
  return appId === undefined ? envelope({ ret: 500, msg: 'appId 不可为空' }) : { token: call.token, appId };
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const realTime: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    await sleep(ms, undefined, signal && { signal }).catch(() => {});
  },
};
