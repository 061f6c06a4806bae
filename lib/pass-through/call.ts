import type { CallbackHost, CallbackSetting, Redirected } from '../callbacks/redirect.ts';
import type { DeviceSecret } from '../device/ports.ts';

// A call of GeWe's that this service does not answer itself: it goes there as it came, and its answer comes back as it is.

/** What a group and an operation of GeWe's are called, both: `message`, `postText`. Nothing else gets into a URL. */
export const callNamePattern = '[A-Za-z][A-Za-z0-9]{0,63}';

const callName = new RegExp(`^${callNamePattern}$`);

export function isCallName(text: string): boolean {
  return callName.test(text);
}

/** The two calls that this service answers itself, however they are written: GeWe is never asked for a list behind its back. */
export function isOwnCall(group: string, operation: string): boolean {
  return /^contacts\/fetchContactsList(?:Cache)?$/i.test(`${group}/${operation}`);
}

/** Which calls are passed through: all, none, or those of some groups. */
export type PassRule = 'all' | 'none' | ReadonlySet<string>;

export function isPassed(rule: PassRule, group: string): boolean {
  return typeof rule === 'string' ? rule === 'all' : rule.has(group);
}

/** The first call of a self-hosted client, which has no token yet: the answer holds one. Source: GeWe's documentation. */
export function asksForToken({ group, operation }: Pick<PassedCall, 'group' | 'operation'>): boolean {
  return group === 'tools' && operation === 'getTokenId';
}

/** A call, as it came. */
export interface PassedCall {
  /** `isCallName`, both. */
  readonly group: string;
  readonly operation: string;
  /** Empty when none came, as a call may that asks for one (`asksForToken`). */
  readonly token: string;
  readonly body: Uint8Array;
  /** Absent when none came. */
  readonly contentType?: string;
  /** The body's; absent when none came. */
  readonly contentEncoding?: string;
}

/** GeWe's answer, as it came. */
export interface PassedAnswer {
  readonly kind: 'answer';
  readonly httpStatus: number;
  readonly body: Uint8Array;
  readonly contentType?: string;
  /** GeWe is asked for none. */
  readonly contentEncoding?: string;
}

/** Why there is no answer to be passed back. But for the first, GeWe may have carried the call out. */
export type PassFailure =
  /** No connection stood, so nothing was sent. */
  | 'upstream-unreachable'
  /** The connection was lost, or what came cannot be read as HTTP. */
  | 'upstream-cut-off'
  | 'upstream-slow'
  | 'answer-too-large';

/** `error`: what was thrown, for the log; it holds nothing of the call. */
export interface NotPassed {
  readonly kind: 'failure';
  readonly why: PassFailure;
  readonly error?: unknown;
}

export interface Passer {
  /** Sends the call once. Never throws. `untilMs`: when it has to be over, by the clock. */
  pass(call: PassedCall, untilMs: number, signal: AbortSignal): Promise<PassedAnswer | NotPassed>;
}

/** What is read of calls that are passed through. */
export interface CallReader {
  /** Undefined when the call sets no callback. */
  callbackSettingOf(call: PassedCall): CallbackSetting | undefined;
  /** The app id of the device whose contacts a call changes if it succeeds; undefined when it changes none. */
  deviceToChange(call: PassedCall): string | undefined;
  saysSuccess(answer: PassedAnswer): boolean;
}

/** What a call that is passed through leads to here. Loaded when it is needed: no other call pays for the SDK. */
export interface PassEffects {
  /** Every callback of the token goes on to there. Throws `StoreUnavailable`. */
  redirect(token: string, setting: CallbackSetting, host: CallbackHost): Promise<Redirected>;
  /** GeWe has taken this service's own URL. Throws `StoreUnavailable`. */
  noteRegistered(token: string, url: string, host: CallbackHost): Promise<void>;
  /** A refresh that begins after now is seen to. Throws `StoreUnavailable`, `QueueUnavailable`. */
  requestRerun(secret: DeviceSecret): Promise<void>;
}
