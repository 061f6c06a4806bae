import type { ToldCalls } from '../../mocks/gewe/device-calls.ts';
import type { ScenarioName } from '../../mocks/gewe/scenarios.ts';

/** What the acceptance suites are about: the service, wherever it runs, and the GeWe that it calls. */
export interface Target {
  /** Where its API answers, without a slash at the end. */
  readonly url: string;
  /** For the calls that GeWe gets from now on; `seconds` as in `mocks/gewe/scenarios.ts`. */
  setScenario(scenario: ScenarioName, seconds?: number): Promise<void>;
  /** How many starts at once the machine bears that it runs on. */
  readonly startsAtOnce: number;
  /** How long these starts take on it at most; GeWe is slower. Less than `GEWE_LIST_TIMEOUT_S`. */
  readonly slowS: number;
  /** How many list calls GeWe got for a device, of all tokens. */
  listCallsOf(appId: string): Promise<number>;
  /** Puts an event on the service's bus. */
  putEvent(detailType: string, detail: object): Promise<void>;
  /** What the service has told over the bus so far. */
  toldEvents(): Promise<readonly ToldEvent[]>;
}

/** An event with the source `gewe-contacts`. */
export interface ToldEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * The environment that the suites are written for: retries, polls and intervals as short as they can be.
 * `patientSettings` change what the suites need otherwise that are about intervals.
 */
export const quickSettings = {
  GEWE_LIST_TIMEOUT_S: '7',
  GEWE_CACHE_POLL_S: '1',
  GEWE_CACHE_WINDOW_S: '2',
  DEFAULT_WAIT_S: '1',
  MIN_REFRESH_INTERVAL_S: '0',
  FAILURE_COOLDOWN_S: '0',
  RETRY_DELAYS_S: '0',
  LEASE_S: '6',
  CHANGE_DEBOUNCE_S: '0',
  CHATROOM_INTERVAL_S: '1',
} as const;

/** For the suites `surfaces`, `secrets` and `dead-letters`. */
export const patientSettings = {
  ...quickSettings,
  DEFAULT_WAIT_S: '20',
  MIN_REFRESH_INTERVAL_S: '60',
} as const;

/** A GeWe that times out is called eleven times, at once, and its cache is looked into after each. */
export const chainSettings = {
  ...quickSettings,
  GEWE_LIST_TIMEOUT_S: '1',
  GEWE_CACHE_WINDOW_S: '1',
  RETRY_DELAYS_S: '0,0,0,0,0,0,0,0,0,0',
} as const;

/** The events of the service among all that a bus took. */
export function toldBy(events: readonly { source: string; 'detail-type': string; detail: unknown }[]) {
  return events
    .filter(({ source }) => source === 'gewe-contacts')
    .map(({ 'detail-type': type, detail }): ToldEvent => ({ type, detail: { ...Object(detail) } }));
}

/** Of what the mock of GeWe tells. */
export function listCallsOf(told: readonly ToldCalls[], appId: string): number {
  return told.filter((device) => device.appId === appId).reduce((sum, { listCalls }) => sum + listCalls, 0);
}
