import type { Ask, Chatroom, RoomDecision, RoomInfo } from './chatroom.ts';
import { type FailureClass, failureTraits } from './errors.ts';
import { longestDelayS } from './policy.ts';
import type { EpochMs } from './record.ts';

// GeWe is asked about a room by messages that carry an attempt: only the latest one's counts.

/** One call and what comes after it end within this. */
const callMs = 60_000;
/** The waits before asking again. */
const backoffMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000] as const;
/** No call can help before the token or the device is known again. */
const refusedMs = 24 * 3_600_000;
const exhaustedMs = 7 * 24 * 3_600_000;
/** A device that is offline is waited for so long at once, and so long in all: messages must not circle for ever. */
const longestDeferralMs = 2 * 3_600_000;
const awaitedMs = 24 * 3_600_000;

/** The room, which counts as changed already, with a new message under way that asks about it. */
export function asking(room: Chatroom, failures: number, nowMs: EpochMs, waitMs = 0): Required<RoomDecision> {
  const attempt = room.asked + 1;
  const ask = { failures, reserved: false, notBeforeMs: nowMs + waitMs, givenUp: false };
  const delayS = Math.min(longestDelayS, Math.ceil(waitMs / 1000));
  return { next: { ...room, asked: attempt, ask }, send: { attempt, delayS } };
}

export type TakeUp =
  /** Done with, or in other hands. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'hide'; readonly untilMs: EpochMs }
  /** A time of its own is to be reserved first: `reserved`. */
  | { readonly kind: 'reserve' }
  /** Once `next` is stored, GeWe is to be asked. */
  | { readonly kind: 'call'; readonly next: Chatroom };

/** A message that asks about the room came. */
export function takeUp(room: Chatroom | undefined, attempt: number, nowMs: EpochMs): TakeUp {
  if (!isCurrent(room, attempt)) return { kind: 'drop' };
  const { ask } = room;
  if (nowMs < ask.notBeforeMs) return { kind: 'hide', untilMs: ask.notBeforeMs };
  if (!ask.reserved) return { kind: 'reserve' };
  // Whoever gets the message a second time waits until this call has been settled.
  return { kind: 'call', next: { ...room, rev: room.rev + 1, ask: { ...ask, notBeforeMs: nowMs + callMs } } };
}

/** The message is not to be served before the time that was reserved for it. */
export function reserved(room: Chatroom | undefined, attempt: number, slotMs: EpochMs): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const ask = { ...room.ask, reserved: true, notBeforeMs: slotMs };
  return { next: { ...room, rev: room.rev + 1, ask } };
}

/** GeWe told about the room. */
export function learned(room: Chatroom | undefined, attempt: number, info: RoomInfo): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const { ask: _done, ...rest } = room;
  return { next: { ...rest, rev: room.rev + 1, info } };
}

/**
 * Asking failed: it is tried again later and later, and given up at once where that cannot help. A device that is offline
 * comes back; once it has been waited for in vain, the next message in the room is the sign that it did.
 */
export function askFailed(
  room: Chatroom | undefined,
  attempt: number,
  failure: FailureClass,
  nowMs: EpochMs,
): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const isOffline = failure === 'device-offline';
  const mayHelp = isOffline || failureTraits[failure].retryable;
  const waitMs = backoffMs[room.ask.failures];
  const next = { ...room, rev: room.rev + 1 };
  if (mayHelp && waitMs !== undefined) return asking(next, room.ask.failures + 1, nowMs, waitMs);
  if (isOffline) return givenUp(next, room.ask, nowMs);
  return givenUp(next, room.ask, nowMs + (mayHelp ? exhaustedMs : refusedMs));
}

/**
 * The device is known to be offline since then, so GeWe is not asked: not before as long again, and not at all when that
 * has been so for a day. It is no failure.
 */
export function deferred(
  room: Chatroom | undefined,
  attempt: number,
  offlineSinceMs: EpochMs,
  nowMs: EpochMs,
): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const next = { ...room, rev: room.rev + 1 };
  const offlineMs = nowMs - offlineSinceMs;
  if (offlineMs >= awaitedMs) return givenUp(next, room.ask, nowMs);
  const waitMs = Math.min(longestDeferralMs, Math.max(backoffMs[0], offlineMs));
  return asking(next, room.ask.failures, nowMs, waitMs);
}

function givenUp(room: Chatroom, ask: Ask, untilMs: EpochMs): RoomDecision {
  return { next: { ...room, ask: { ...ask, givenUp: true, notBeforeMs: untilMs } } };
}

type Asked = Chatroom & { readonly ask: Ask };

function isCurrent(room: Chatroom | undefined, attempt: number): room is Asked {
  return room?.ask !== undefined && !room.ask.givenUp && room.asked === attempt;
}
