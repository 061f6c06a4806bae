import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpHandler, http } from 'msw/http';
import type { Clock } from '../../lib/domain/ports.ts';
import { type DeviceCalls, DeviceStates, type ToldCalls } from './device-calls.ts';
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
    /** Forgets every call and every result; calls that are open go on. */
    clear(): void;
  };
  /** For the calls that begin from now on. What earlier calls left in the cache stays there. */
  setScenario(scenario: ScenarioName, seconds?: number): void;
}

/** GeWe keeps a result for ten minutes (its documentation). */
const cacheMemoryMs = 600_000;

/**
 * GeWe's two contact operations under both prefixes, played from a scenario. The cache operation has nothing while a
 * list call runs, its result for ten minutes after, and, before any list call, what an earlier one would have left.
 */
export function createGeweMock(options: GeweMockOptions = {}): GeweMock {
  const clock = options.clock ?? realTime;
  const devices = new DeviceStates();
  let scenario: Scenario = scenarios[options.scenario ?? 'normal'];
  let seconds = options.seconds ?? defaultSeconds;

  async function listCall(call: Omit<Call, 'nth' | 'seconds'>, signal: AbortSignal): Promise<Response> {
    const device = devices.get(call.token, call.appId);
    const startedAtMs = clock.now();
    device.nth += 1;
    const course: Course = scenario.listCall({ ...call, seconds, nth: device.nth });
    const replyAfterMs = (course.replyAfterS ?? 0) * 1000;
    const endsAtMs = startedAtMs + (course.workS ?? course.replyAfterS ?? 0) * 1000;
    if (course.result !== undefined) device.result = { data: course.result, readyAtMs: endsAtMs };

    device.listCalls += 1;
    device.openListCalls += 1;
    device.maxOpenListCalls = Math.max(device.maxOpenListCalls, device.openListCalls);
    device.workEndsAtMs = [...device.workEndsAtMs.filter((atMs) => atMs > startedAtMs), endsAtMs];
    device.maxRunningListCalls = Math.max(device.maxRunningListCalls, device.workEndsAtMs.length);
    try {
      if (course.reply.kind === 'never') await abortOf(signal);
      else if (replyAfterMs > 0) await clock.sleep(replyAfterMs, signal);
    } finally {
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

  const at =
    (operation: string) =>
    ({ request }: { request: Request }): boolean => {
      const { origin, pathname } = new URL(request.url);
      const suffix = `/v2/api/contacts/${operation}`;
      return [suffix, `/gewe${suffix}`].includes(pathname) && [undefined, origin].includes(options.origin);
    };
  return {
    handlers: [
      http.post(at('fetchContactsList'), async ({ request }) => {
        const call = await readCall(request);
        return 'kind' in call ? toResponse(call) : listCall(call, request.signal);
      }),
      http.post(at('fetchContactsListCache'), async ({ request }) => {
        const call = await readCall(request);
        return toResponse('kind' in call ? call : cachedReply(call));
      }),
    ],
    state: devices,
    setScenario(name, newSeconds = defaultSeconds) {
      scenario = scenarios[name];
      seconds = newSeconds;
      devices.scenarioChosen();
    },
  };
}

async function readCall(request: Request): Promise<{ token: string; appId: string } | Reply> {
  const token = request.headers.get('X-GEWE-TOKEN')?.trim() ?? '';
  if (token === '') return envelope({ ret: 500, msg: 'header:X-GEWE-TOKEN 不可为空' });
  const body = await readJson(request);
  if (body === undefined) return envelope({ ret: 500, msg: '请求体不是 JSON' });
  const appId = typeof body === 'object' && body !== null && 'appId' in body ? body.appId : undefined;
  if (typeof appId !== 'string' || appId.trim() === '') return envelope({ ret: 500, msg: 'appId 不可为空' });
  return { token, appId };
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
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
