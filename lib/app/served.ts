import type { FailureClass } from '../domain/errors.ts';
import type { EpochMs } from '../domain/record.ts';

/** What became of a received message. */
export type Served =
  /** It has done its work and can be deleted. `what` is for the log. */
  | { readonly kind: 'done'; readonly what: string; readonly error?: FailureClass }
  /** It has been hidden for a while, and is to be received again. */
  | { readonly kind: 'again'; readonly what?: string };

/** Whole seconds until then, at least one: what hides a message. */
export function secondsUntil(untilMs: EpochMs, nowMs: EpochMs): number {
  return Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
}
