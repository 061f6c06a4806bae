import { type FailureClass, failureTraits } from '../device/failures.ts';
import { longestDelayS } from '../device/policy.ts';
import type { EpochMs } from '../device/record.ts';

/** What `getChatroomInfo` said; null where it said nothing. */
export interface RoomInfo {
  readonly name: string | null;
  readonly remark: string | null;
  readonly owner: string | null;
  readonly memberCount: number | null;
}

/** GeWe is to be asked about the room. */
export interface Ask {
  /** Asking failed so often since it was last begun with. */
  readonly failures: number;
  /** `notBeforeMs` is a time of its own among the device's calls (`ChatroomStore.reserve`). */
  readonly reserved: boolean;
  readonly notBeforeMs: EpochMs;
  /** Nobody is at it until the room is heard of after `notBeforeMs`. */
  readonly givenUp: boolean;
}

/** A chatroom that was heard of through callbacks. It changes only by compare-and-swap on `rev`. */
export interface Chatroom {
  readonly id: string;
  readonly rev: number;
  readonly firstHeardAtMs: EpochMs;
  /** To within a minute. */
  readonly lastHeardAtMs: EpochMs;
  /** When a message in it was written last, by its own account, as far as it was noted. */
  readonly writtenAtMs?: EpochMs;
  /** The account left it, was removed, or it was dissolved. */
  readonly leftAtMs?: EpochMs;
  readonly info?: RoomInfo;
  /** How many messages to ask GeWe were sent: the latest one's `attempt`. */
  readonly asked: number;
  readonly ask?: Ask;
}

/** What a rule decided. `next`: absent when nothing changes. */
export interface RoomDecision {
  readonly next?: Chatroom;
  /** A `RoomMessage` of this attempt is to be sent once `next` is stored. */
  readonly send?: { readonly attempt: number; readonly delayS: number };
}

/** `lastHeardAtMs` is written no more often than this. */
export const noteIntervalMs = 60_000;
/**
 * The message of an ask that is so late was lost, or never sent: less than the queue's visibility timeout (70 s), so that the
 * callback that led to it sends it when it comes again.
 */
const overdueMs = 60_000;

/**
 * A message from the room came at `receivedAtMs`; it was written at `writtenAtMs`, where it says so. `isSaved`: the room is
 * in the stored list, so GeWe need not be asked. Only a message that was written later brings back a room that was left.
 */
export function hear(
  room: Chatroom | undefined,
  message: {
    readonly roomId: string;
    readonly receivedAtMs: EpochMs;
    readonly writtenAtMs?: EpochMs;
    readonly isSaved: boolean;
  },
  nowMs: EpochMs,
): RoomDecision {
  const { roomId, receivedAtMs, writtenAtMs, isSaved } = message;
  if (room === undefined) {
    const found = { ...newRoom(roomId, receivedAtMs), ...(writtenAtMs !== undefined && { writtenAtMs }) };
    return isSaved ? { next: found } : requestInfo(found, 0, nowMs);
  }
  const { leftAtMs, ...rest } = room;
  if (leftAtMs !== undefined) {
    if (writtenAtMs === undefined || writtenAtMs <= leftAtMs) return {};
    const back = heard(rest, receivedAtMs, writtenAtMs);
    return isSaved ? { next: back } : requestInfo(back, 0, nowMs);
  }
  const { ask } = room;
  if (!isSaved && (ask?.givenUp ? nowMs >= ask.notBeforeMs : !ask && !room.info)) {
    return requestInfo(heard(room, receivedAtMs, writtenAtMs), 0, nowMs);
  }
  if (ask && !ask.givenUp && nowMs >= ask.notBeforeMs + overdueMs) {
    // The same attempt: whichever of its messages comes first asks, and the others find it done.
    const next = { ...heard(room, receivedAtMs, writtenAtMs), ask: { ...ask, notBeforeMs: nowMs } };
    return { next, send: { attempt: room.asked, delayS: 0 } };
  }
  const isNews = receivedAtMs >= room.lastHeardAtMs + noteIntervalMs;
  return isNews ? { next: heard(room, receivedAtMs, writtenAtMs) } : {};
}

function newRoom(id: string, receivedAtMs: EpochMs): Chatroom {
  return { id, rev: 1, firstHeardAtMs: receivedAtMs, lastHeardAtMs: receivedAtMs, asked: 0 };
}

function heard(room: Chatroom, receivedAtMs: EpochMs, writtenAtMs: EpochMs | undefined): Chatroom {
  const written = Math.max(room.writtenAtMs ?? 0, writtenAtMs ?? 0);
  return {
    ...room,
    rev: room.rev + 1,
    lastHeardAtMs: Math.max(room.lastHeardAtMs, receivedAtMs),
    ...(written > 0 && { writtenAtMs: written }),
  };
}

/** The account is no longer in the room since `atMs`, as was heard at `receivedAtMs`; old news when it was back since. */
export function leave(
  room: Chatroom | undefined,
  notice: { readonly roomId: string; readonly atMs: EpochMs; readonly receivedAtMs: EpochMs },
): RoomDecision {
  const { roomId, atMs, receivedAtMs } = notice;
  if (room === undefined) return { next: { ...newRoom(roomId, receivedAtMs), leftAtMs: atMs } };
  const isOld = (room.leftAtMs ?? -1) >= atMs || (room.writtenAtMs ?? -1) > atMs;
  if (isOld) return {};
  const { ask: _noMore, ...rest } = heard(room, receivedAtMs, undefined);
  return { next: { ...rest, leftAtMs: atMs } };
}

// GeWe is asked about a room by messages that carry an attempt: only the latest one's counts.

/** One call and what comes after it end within this. */
const callMs = 60_000;
/** The waits before requestInfo again. */
const backoffMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000] as const;
/** No call can help before the token or the device is known again. */
const refusedMs = 24 * 3_600_000;
const exhaustedMs = 7 * 24 * 3_600_000;
/** A device that is offline is waited for so long at once, and so long in all: messages must not circle for ever. */
const longestDeferralMs = 2 * 3_600_000;
const awaitedMs = 24 * 3_600_000;

/** The room, which counts as changed already, with a new message under way that asks about it. */
export function requestInfo(
  room: Chatroom,
  failures: number,
  nowMs: EpochMs,
  waitMs = 0,
): Required<RoomDecision> {
  const attempt = room.asked + 1;
  const ask = { failures, reserved: false, notBeforeMs: nowMs + waitMs, givenUp: false };
  const delayS = Math.min(longestDelayS, Math.ceil(waitMs / 1000));
  return { next: { ...room, asked: attempt, ask }, send: { attempt, delayS } };
}

export type AttemptClaim =
  /** Done with, or in other hands. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  /** A time of its own is to be reserved first: `reserved`. */
  | { readonly kind: 'reserve' }
  /** Once `next` is stored, GeWe is to be asked. */
  | { readonly kind: 'call'; readonly next: Chatroom };

/** A message that asks about the room came. */
export function claimAttempt(room: Chatroom | undefined, attempt: number, nowMs: EpochMs): AttemptClaim {
  if (!isCurrent(room, attempt)) return { kind: 'drop' };
  const { ask } = room;
  if (nowMs < ask.notBeforeMs) return { kind: 'wait', untilMs: ask.notBeforeMs };
  if (!ask.reserved) return { kind: 'reserve' };
  // Whoever gets the message a second time waits until this call has been settled.
  return { kind: 'call', next: { ...room, rev: room.rev + 1, ask: { ...ask, notBeforeMs: nowMs + callMs } } };
}

/** The message is not to be served before the time that was reserved for it. */
export function slotReserved(room: Chatroom | undefined, attempt: number, slotMs: EpochMs): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const ask = { ...room.ask, reserved: true, notBeforeMs: slotMs };
  return { next: { ...room, rev: room.rev + 1, ask } };
}

/** GeWe told about the room. */
export function infoReceived(room: Chatroom | undefined, attempt: number, info: RoomInfo): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const { ask: _done, ...rest } = room;
  return { next: { ...rest, rev: room.rev + 1, info } };
}

/**
 * Asking failed: it is tried again later and later, and given up at once where that cannot help. A device that is offline
 * comes back; once it has been waited for in vain, the next message in the room is the sign that it did.
 */
export function infoFailed(
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
  if (mayHelp && waitMs !== undefined) return requestInfo(next, room.ask.failures + 1, nowMs, waitMs);
  if (isOffline) return givenUp(next, room.ask, nowMs);
  return givenUp(next, room.ask, nowMs + (mayHelp ? exhaustedMs : refusedMs));
}

/**
 * The device is known to be offline since then, so GeWe is not asked: not before as long again, and not at all when that
 * has been so for a day. It is no failure.
 */
export function deferInfo(
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
  return requestInfo(next, room.ask.failures, nowMs, waitMs);
}

function givenUp(room: Chatroom, ask: Ask, untilMs: EpochMs): RoomDecision {
  return { next: { ...room, ask: { ...ask, givenUp: true, notBeforeMs: untilMs } } };
}

type Asked = Chatroom & { readonly ask: Ask };

function isCurrent(room: Chatroom | undefined, attempt: number): room is Asked {
  return room?.ask !== undefined && !room.ask.givenUp && room.asked === attempt;
}
