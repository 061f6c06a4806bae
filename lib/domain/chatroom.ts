import { type FailureClass, failureTraits } from './errors.ts';
import type { EpochMs } from './record.ts';

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

/** What one of the rules below decided. `next`: absent when nothing changes. */
export interface RoomDecision {
  readonly next?: Chatroom;
  /** A `RoomMessage` of this attempt is to be sent once `next` is stored. */
  readonly send?: { readonly attempt: number; readonly delayS: number };
}

/** `lastHeardAtMs` is written no more often than this. */
export const heardAgainMs = 60_000;
/**
 * The message of an ask that is so late was lost, or never sent: less than the queue's visibility timeout (70 s), so that the
 * callback that led to it sends it when it comes again.
 */
const overdueMs = 60_000;
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
/** SQS delays no longer; who comes early is told to wait. */
const longestDelayS = 900;

/**
 * A message from the room came at `heardAtMs`; it was written at `writtenAtMs`, where it says so. `isSaved`: the room is
 * in the stored list, so GeWe need not be asked. Only a message that was written later brings back a room that was left.
 */
export function hear(
  room: Chatroom | undefined,
  message: {
    readonly roomId: string;
    readonly heardAtMs: EpochMs;
    readonly writtenAtMs?: EpochMs;
    readonly isSaved: boolean;
  },
  nowMs: EpochMs,
): RoomDecision {
  const { roomId, heardAtMs, writtenAtMs, isSaved } = message;
  if (room === undefined) {
    const found = { ...newRoom(roomId, heardAtMs), ...(writtenAtMs !== undefined && { writtenAtMs }) };
    return isSaved ? { next: found } : asking(found, 0, nowMs);
  }
  const { leftAtMs, ...rest } = room;
  if (leftAtMs !== undefined) {
    if (writtenAtMs === undefined || writtenAtMs <= leftAtMs) return {};
    const back = heard(rest, heardAtMs, writtenAtMs);
    return isSaved ? { next: back } : asking(back, 0, nowMs);
  }
  const { ask } = room;
  if (!isSaved && (ask?.givenUp ? nowMs >= ask.notBeforeMs : !ask && !room.info)) {
    return asking(heard(room, heardAtMs, writtenAtMs), 0, nowMs);
  }
  if (ask && !ask.givenUp && nowMs >= ask.notBeforeMs + overdueMs) {
    // The same attempt: whichever of its messages comes first asks, and the others find it done.
    const next = { ...heard(room, heardAtMs, writtenAtMs), ask: { ...ask, notBeforeMs: nowMs } };
    return { next, send: { attempt: room.asked, delayS: 0 } };
  }
  const isNews = heardAtMs >= room.lastHeardAtMs + heardAgainMs;
  return isNews ? { next: heard(room, heardAtMs, writtenAtMs) } : {};
}

function newRoom(id: string, heardAtMs: EpochMs): Chatroom {
  return { id, rev: 1, firstHeardAtMs: heardAtMs, lastHeardAtMs: heardAtMs, asked: 0 };
}

function heard(room: Chatroom, heardAtMs: EpochMs, writtenAtMs: EpochMs | undefined): Chatroom {
  const written = Math.max(room.writtenAtMs ?? 0, writtenAtMs ?? 0);
  return {
    ...room,
    rev: room.rev + 1,
    lastHeardAtMs: Math.max(room.lastHeardAtMs, heardAtMs),
    ...(written > 0 && { writtenAtMs: written }),
  };
}

/** The room, which counts as changed already, with a new message under way that asks about it. */
function asking(room: Chatroom, failures: number, nowMs: EpochMs, waitMs = 0): Required<RoomDecision> {
  const attempt = room.asked + 1;
  const ask = { failures, reserved: false, notBeforeMs: nowMs + waitMs, givenUp: false };
  const delayS = Math.min(longestDelayS, Math.ceil(waitMs / 1000));
  return { next: { ...room, asked: attempt, ask }, send: { attempt, delayS } };
}

/** The account is no longer in the room since `atMs`, as was heard at `heardAtMs`; old news when it was back since. */
export function leave(
  room: Chatroom | undefined,
  notice: { readonly roomId: string; readonly atMs: EpochMs; readonly heardAtMs: EpochMs },
): RoomDecision {
  const { roomId, atMs, heardAtMs } = notice;
  if (room === undefined) return { next: { ...newRoom(roomId, heardAtMs), leftAtMs: atMs } };
  const isOld = (room.leftAtMs ?? -1) >= atMs || (room.writtenAtMs ?? -1) > atMs;
  if (isOld) return {};
  const { ask: _noMore, ...rest } = heard(room, heardAtMs, undefined);
  return { next: { ...rest, leftAtMs: atMs } };
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
