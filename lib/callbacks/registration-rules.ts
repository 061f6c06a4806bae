import type { EpochMs } from '../device/record.ts';
import type { CallbackRecord } from './ports.ts';

/** What a caller sets of a callback. `ownHosts`: host names of this service, which nothing is forwarded to. */
export interface CallbackChange {
  readonly forwardTo?: string;
  readonly ownHosts: readonly string[];
}

/** A callback that was stored, and the one it replaced; `before` is absent when there was none. */
export interface StoredCallback {
  readonly record: CallbackRecord;
  readonly before?: CallbackRecord;
}

/** A callback of a token that has none yet. */
export function newCallback(
  keys: Pick<CallbackRecord, 'tokenKey' | 'salt' | 'idHash'>,
  nowMs: EpochMs,
): CallbackRecord {
  return { ...keys, rev: 0, registered: false, createdAtMs: nowMs, ownHosts: [] };
}

/** The callback with what the caller sets: its URL stays, and without `forwardTo` nothing is forwarded any more. */
export function changeCallback(
  { forwardTo: _earlier, ...rest }: CallbackRecord,
  { forwardTo, ownHosts }: CallbackChange,
): CallbackRecord {
  return { ...rest, ownHosts, ...(forwardTo !== undefined && { forwardTo }) };
}

/** Whether both have the same URL. One that was deleted and created again has another. */
export function hasSameUrl(a: Pick<CallbackRecord, 'salt'>, b: Pick<CallbackRecord, 'salt'>): boolean {
  return Buffer.from(a.salt).equals(b.salt);
}

/** GeWe has accepted the URL of `stored`. Undefined when another callback stands there by now. */
export function markRegistered(
  now: CallbackRecord | undefined,
  stored: CallbackRecord,
): CallbackRecord | undefined {
  return now && hasSameUrl(now, stored) ? { ...now, registered: true } : undefined;
}

/**
 * GeWe has not accepted the URL: what was there before comes back. What GeWe has called meanwhile stays known.
 * Undefined when somebody has changed the callback since.
 */
export function restoreCallback(
  now: CallbackRecord | undefined,
  stored: CallbackRecord,
  before: CallbackRecord,
): CallbackRecord | undefined {
  if (now?.rev !== stored.rev) return undefined;
  const { lastReceivedAtMs } = now;
  return { ...before, ...(lastReceivedAtMs !== undefined && { lastReceivedAtMs }) };
}

/** Whether GeWe calls the URL: it was registered from here, or GeWe has called it, so that it was registered elsewhere. */
export function isCalled({ registered, lastReceivedAtMs }: CallbackRecord): boolean {
  return registered || lastReceivedAtMs !== undefined;
}

/** What becomes of a URL that a client registers at GeWe instead of this service's; `next` is absent when nothing changes. */
export type RedirectDecision =
  | { readonly kind: 'no-callback' | 'not-called' }
  | { readonly kind: 'kept'; readonly next?: CallbackRecord };

/** Callbacks go on coming to this service, and are forwarded to that URL. Success for one that GeWe does not call would be false. */
export function redirectTo(
  now: CallbackRecord | undefined,
  change: Required<CallbackChange>,
): RedirectDecision {
  if (now === undefined) return { kind: 'no-callback' };
  if (!isCalled(now)) return { kind: 'not-called' };
  return now.forwardTo === change.forwardTo
    ? { kind: 'kept' }
    : { kind: 'kept', next: changeCallback(now, change) };
}
