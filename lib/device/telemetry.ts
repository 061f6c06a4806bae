import type { FailureClass } from './failures.ts';
import type { EndedRefresh, EpochMs } from './record.ts';

/** Why an answer of GeWe that arrived whole was not taken: the guard (`guard.ts`), or a list without any id. */
export const listRejections = ['suspicious-shrink', 'stale-cache', 'empty'] as const;
export type ListRejection = (typeof listRejections)[number];

/** What became of a device that was due; `deferred`: its refreshes rest, or it could not be started now. */
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

/** How one attempt to relay a callback went; `refused`: its target may not be connected to. */
export const forwardOutcomes = ['delivered', 'failed', 'given-up', 'blocked'] as const;
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
 * Told what happens, so that somebody may count it. It decides nothing, must not throw, and is told neither a token nor
 * an app id. Wherever it is optional, nobody counts.
 */
export interface Telemetry {
  /** A start was decided: `begun` a new refresh, or joined one that is under way or ended a moment ago. */
  started(how: 'begun' | 'joined' | 'recent'): void;
  /** A refresh ended. Told once for each, by whoever stored its end. */
  ended(refresh: EndedRefresh): void;
  /** A list that was fetched when the call of `asOfMs` began is served, or known to the caller already. */
  served(asOfMs: EpochMs): void;
  /** A call to GeWe ended. */
  called(call: UpstreamCall): void;
  /** An answer of GeWe was not taken. */
  listRejected(why: ListRejection): void;
  /** A message of the dead-letter queue was served to its end. */
  deadLetterHandled(): void;
  /** A request was answered `unavailable` or `internal-error`, whatever HTTP status that has. */
  requestFailed(): void;
  /** As many devices that were due (1 unless said) had this become of them. */
  due(how: DueOutcome, count?: number): void;
  /** A callback was handled to its end. */
  callbackHandled(effect: CallbackEffect): void;
  /** An event that asks for a refresh was dropped. */
  eventDropped(why: DropReason): void;
  /** An attempt to relay a callback ended. */
  forwardAttempted(outcome: ForwardOutcome): void;
  /** A call to GeWe about a chatroom ended, or none will be made any more. */
  roomInfoFetched(outcome: ChatroomOutcome): void;
}
