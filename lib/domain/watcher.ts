import type { FailureClass } from './errors.ts';
import type { EndedRefresh, EpochMs } from './record.ts';

/** Why an answer of GeWe that arrived whole was not taken: the guard (`guard.ts`), or a list without any id. */
export const refusals = ['shrunken', 'memory', 'empty'] as const;
export type Refusal = (typeof refusals)[number];

/** One call to GeWe that has ended: nothing in it was said by GeWe or is secret. */
export interface WatchedCall {
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
export interface Watcher {
  /** A start was decided: `begun` a new refresh, or joined one that is under way or ended a moment ago. */
  started(how: 'begun' | 'joined' | 'recent'): void;
  /** A refresh ended. Told once for each, by whoever stored its end. */
  ended(refresh: EndedRefresh): void;
  /** A list that was fetched when the call of `asOfMs` began is served, or known to the caller already. */
  served(asOfMs: EpochMs): void;
  /** A call to GeWe ended. */
  called(call: WatchedCall): void;
  /** An answer of GeWe was not taken. */
  refused(why: Refusal): void;
  /** A message of the dead-letter queue was served to its end. */
  buried(): void;
  /** A request was answered `unavailable` or `internal-error`, whatever HTTP status that has. */
  notServed(): void;
}
