import type { FailureClass } from './failures.ts';
import type { EndedRefresh, EpochMs } from './record.ts';

/** Why a list that arrived whole was rejected: by the guard (`guard-rules.ts`), or because it had no id. */
export const listRejections = ['suspicious-shrink', 'stale-cache', 'empty'] as const;
export type ListRejection = (typeof listRejections)[number];

/** What became of a device that was due; `deferred`: it could not be started now. */
export const dueOutcomes = ['begun', 'joined', 'recent', 'deferred'] as const;
export type DueOutcome = (typeof dueOutcomes)[number];

/** What a callback led to; `unknown` has none of GeWe's shapes, `unsubscribed` comes from a device nobody subscribed. */
export const callbackEffects = [
  'refresh',
  'room',
  'left',
  'offline',
  'online',
  'none',
  'unknown',
  'unsubscribed',
] as const;
export type CallbackEffect = (typeof callbackEffects)[number];

/** Why an event that asks for a refresh was dropped. */
export const dropReasons = ['malformed', 'unsubscribed'] as const;
export type DropReason = (typeof dropReasons)[number];

/**
 * How one attempt to forward a callback went; `blocked`: its target may not be connected to. Without an attempt it may have been
 * `given-up` after a day, or `crowded-out` because too many wait for its target.
 */
export const forwardOutcomes = ['delivered', 'failed', 'given-up', 'blocked', 'crowded-out'] as const;
export type ForwardOutcome = (typeof forwardOutcomes)[number];

/** How one attempt to learn about a chatroom went. */
export const chatroomOutcomes = ['success', 'failed', 'given-up'] as const;
export type ChatroomOutcome = (typeof chatroomOutcomes)[number];

/** One call to GeWe that has ended: nothing in it was said by GeWe or is secret. */
export interface UpstreamCall {
  readonly operation: 'list' | 'cached';
  readonly durationMs: number;
  /** Absent when no answer began. */
  readonly httpStatus?: number;
  readonly outcome: 'list' | 'empty' | 'aborted' | FailureClass;
}

/**
 * Gets what happens, to count it. It decides nothing, must not throw, and gets neither a token nor an app id. Where it is optional,
 * nothing is counted.
 */
export interface Telemetry {
  /** A start was decided: `begun` a new refresh, or joined one that is under way or ended a moment ago. */
  started(how: 'begun' | 'joined' | 'recent'): void;
  /** A refresh ended. Reported once for each, by whoever stored its end. */
  ended(refresh: EndedRefresh): void;
  /** A list that was fetched when the call of `asOfMs` began is served, or known to the caller already. */
  served(asOfMs: EpochMs): void;
  /** A call to GeWe ended. */
  called(call: UpstreamCall): void;
  /** A list of GeWe's was rejected. */
  listRejected(why: ListRejection): void;
  /** A message of the dead-letter queue was handled. */
  deadLetterHandled(): void;
  /** A request was answered `unavailable` or `internal-error`, whatever HTTP status that has. */
  requestFailed(): void;
  /** As many devices that were due (1 unless said) had this become of them. */
  due(how: DueOutcome, count?: number): void;
  /** A callback was handled to its end. */
  callbackHandled(effect: CallbackEffect): void;
  /** An event that asks for a refresh was dropped. */
  eventDropped(why: DropReason): void;
  /** An attempt to forward a callback ended, or none is made any more. */
  forwardAttempted(outcome: ForwardOutcome): void;
  /** A call to GeWe about a chatroom ended, or none will be made any more. */
  roomInfoFetched(outcome: ChatroomOutcome): void;
}
