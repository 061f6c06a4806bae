/** What a device's calls to the mock came to. */
export interface DeviceCalls {
  /** List calls begun. */
  readonly listCalls: number;
  /** Of these, those that wait for their answer now. */
  readonly openListCalls: number;
  readonly maxOpenListCalls: number;
  /** The most list calls that GeWe was at work on at once, those included whose client has gone. */
  readonly maxRunningListCalls: number;
  readonly cacheCalls: number;
  /** Calls of `group/getChatroomInfo`. */
  readonly chatroomCalls: number;
  readonly maxOpenChatroomCalls: number;
}

/** A device's calls, as told to users: tokens are numbered in the order in which they came. */
export interface ToldCalls extends DeviceCalls {
  readonly bearer: number;
  readonly appId: string;
}

type Counts = { -readonly [Name in keyof DeviceCalls]: number };

/** What the mock keeps for a device of a token. */
export interface DeviceState extends Counts {
  /** Calls of `group/getChatroomInfo` that wait for their answer now. */
  openChatroomCalls: number;
  /** List calls since the scenario was chosen. */
  nth: number;
  /** When GeWe is done with each list call that it is or was at work on, ms. */
  workEndsAtMs: number[];
  /** What the latest list call leaves in the cache, and when. */
  result?: { readonly data: unknown; readonly readyAtMs: number };
}

/** All devices of all tokens. */
export class DeviceStates {
  readonly #byToken = new Map<string, Map<string, DeviceState>>();

  get(token: string, appId: string): DeviceState {
    const devices = this.#byToken.get(token) ?? new Map<string, DeviceState>();
    this.#byToken.set(token, devices);
    const state = devices.get(appId) ?? unseen();
    devices.set(appId, state);
    return state;
  }

  /** The counts of a device; zeros when it never called. */
  callsOf(token: string, appId: string): DeviceCalls {
    return counts(this.#byToken.get(token)?.get(appId) ?? unseen());
  }

  /** Every device that called, without its token. */
  told(): readonly ToldCalls[] {
    return [...this.#byToken.values()].flatMap((devices, index) =>
      [...devices].map(([appId, state]) => ({ bearer: index + 1, appId, ...counts(state) })),
    );
  }

  scenarioChosen(): void {
    for (const devices of this.#byToken.values()) for (const state of devices.values()) state.nth = 0;
  }

  /** Forgets every call and every result. */
  clear(): void {
    this.#byToken.clear();
  }
}

function unseen(): DeviceState {
  return {
    listCalls: 0,
    openListCalls: 0,
    maxOpenListCalls: 0,
    maxRunningListCalls: 0,
    cacheCalls: 0,
    chatroomCalls: 0,
    maxOpenChatroomCalls: 0,
    openChatroomCalls: 0,
    nth: 0,
    workEndsAtMs: [],
  };
}

function counts(state: DeviceState): DeviceCalls {
  const { openChatroomCalls: _open, nth: _nth, workEndsAtMs: _ends, result: _result, ...calls } = state;
  return calls;
}
