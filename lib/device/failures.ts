/**
 * Why a refresh failed. The upstream gives no codes that can be relied on: `lib/gewe/envelope.ts` tells the
 * classes apart by the text of GeWe's answers and by what became of the connection.
 */
export type FailureClass =
  /** GeWe does not accept the token, or it has expired. */
  | 'token-rejected'
  /** GeWe knows no such device for this token. */
  | 'device-unknown'
  /** The device is not logged in to WeChat. */
  | 'device-offline'
  /** The list call did not answer in time, and the cache had nothing for the whole of its window. */
  | 'upstream-timeout'
  /** GeWe could not be reached, closed the connection, or answered with an error of its own. */
  | 'upstream-error'
  /** GeWe's answer was no JSON, was cut off, or has not the documented shape. */
  | 'upstream-malformed'
  /** GeWe answered success without a list, or with three empty lists. A real account is never empty. */
  | 'upstream-empty'
  /** The worker died on this refresh again and again; its message ended in the dead-letter queue. */
  | 'worker-crashed'
  /** The refresh did not end by its deadline. */
  | 'abandoned';

/** What a class means for the refresh: try again by itself, and whether asking again at once can help. */
interface FailureTraits {
  /** The refresh is queued again, with a delay, until its retries are used up. */
  readonly retryable: boolean;
  /** Starting again at once cannot help: starts within the cooldown join the failed refresh. */
  readonly coolsDown: boolean;
}

export const failureTraits: Readonly<Record<FailureClass, FailureTraits>> = {
  'token-rejected': { retryable: false, coolsDown: true },
  'device-unknown': { retryable: false, coolsDown: true },
  'device-offline': { retryable: false, coolsDown: true },
  'upstream-timeout': { retryable: true, coolsDown: false },
  'upstream-error': { retryable: true, coolsDown: false },
  'upstream-malformed': { retryable: true, coolsDown: false },
  'upstream-empty': { retryable: true, coolsDown: false },
  'worker-crashed': { retryable: false, coolsDown: false },
  abandoned: { retryable: false, coolsDown: false },
};

const isClass = (name: string): name is FailureClass => Object.hasOwn(failureTraits, name);

/** All of them. */
export const failureClasses: readonly FailureClass[] = Object.keys(failureTraits).filter(isClass);
