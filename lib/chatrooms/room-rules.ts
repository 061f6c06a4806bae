import { type FailureClass, failureTraits } from '../device/failures.ts';
import { delayUntilS } from '../device/policy.ts';
import type { EpochMs } from '../device/record.ts';

// A room that callbacks revealed, and the request for its info. GeWe is asked by messages that carry an attempt; only the latest one counts.
//
//                  noteMessage                slotReserved           claimAttempt
//   info unknown ─────────────▶ requested ─────────────▶ reserved ─────────────▶ GeWe is asked ──▶ info known (infoReceived)
//                                ▲    ▲                                            │
//                                │    └── deferInfo: the device is offline         │ infoFailed
//                                └────────── after a growing wait ─────────────────┤
//   noteMessage, later ◀── given up ◀── no retry can help, or all are used up ─────┘
//
// leave: the account left the room; only a message that was written later brings it back.

/** What `getChatroomInfo` said; null where it said nothing. */
export interface RoomInfo {
  readonly name: string | null;
  readonly remark: string | null;
  readonly owner: string | null;
  readonly memberCount: number | null;
}

/** A request for the room's info that is under way, waiting, or given up. */
export interface InfoRequest {
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Attempts that were put off because the device was offline; none when absent. */
  readonly deferrals?: number;
  /** `notBeforeMs` is reserved among the device's calls (`ChatroomStore.reserve`). */
  readonly reserved: boolean;
  readonly notBeforeMs: EpochMs;
  /** No attempt is under way: the next message in the room after `notBeforeMs` begins again. */
  readonly givenUp: boolean;
}

/** A chatroom that callbacks revealed. It changes only by compare-and-set on `rev`. */
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
  /** How many messages that ask for its info were sent: the latest one's `attempt`. */
  readonly attempts: number;
  readonly request?: InfoRequest;
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
 * A request that is so late counts as lost, or never sent: less than the queue's visibility timeout (70 s), so that the callback that led to
 * it sends it when it is received again.
 */
const overdueMs = 60_000;

/**
 * A message from the room was received at `receivedAtMs`; it was written at `writtenAtMs`, where it says so. `isSaved`: the room is
 * in the stored list, so GeWe need not be asked. Only a message that was written later brings back a room that was left.
 */
export function noteMessage(
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
  const { request } = room;
  if (!isSaved && (request?.givenUp ? nowMs >= request.notBeforeMs : !request && !room.info)) {
    return requestInfo(heard(room, receivedAtMs, writtenAtMs), 0, nowMs);
  }
  if (request && !request.givenUp && nowMs >= request.notBeforeMs + overdueMs) {
    // The same attempt: the first of its messages that is received asks, and the others find it done.
    const next = { ...heard(room, receivedAtMs, writtenAtMs), request: { ...request, notBeforeMs: nowMs } };
    return { next, send: { attempt: room.attempts, delayS: 0 } };
  }
  const isNews = receivedAtMs >= room.lastHeardAtMs + noteIntervalMs;
  return isNews ? { next: heard(room, receivedAtMs, writtenAtMs) } : {};
}

function newRoom(id: string, receivedAtMs: EpochMs): Chatroom {
  return { id, rev: 1, firstHeardAtMs: receivedAtMs, lastHeardAtMs: receivedAtMs, attempts: 0 };
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

/** The account left the room at `atMs`, as was received at `receivedAtMs`. Nothing changes when it was back since. */
export function leave(
  room: Chatroom | undefined,
  notice: { readonly roomId: string; readonly atMs: EpochMs; readonly receivedAtMs: EpochMs },
): RoomDecision {
  const { roomId, atMs, receivedAtMs } = notice;
  if (room === undefined) return { next: { ...newRoom(roomId, receivedAtMs), leftAtMs: atMs } };
  const isOld = (room.leftAtMs ?? -1) >= atMs || (room.writtenAtMs ?? -1) > atMs;
  if (isOld) return {};
  const { request: _noMore, ...rest } = heard(room, receivedAtMs, undefined);
  return { next: { ...rest, leftAtMs: atMs } };
}

/** A call, and storing its answer, end within this. */
const callMs = 60_000;
/** The waits between attempts. */
const backoffMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000] as const;
/** No call can help before the token or the device is known again. */
const refusedMs = 24 * 3_600_000;
const exhaustedMs = 7 * 24 * 3_600_000;
/** While the device is offline, one wait takes so long at most, and all of them so long. */
const longestDeferralMs = 2 * 3_600_000;
const awaitedMs = 24 * 3_600_000;
/** More waits than fill that day: of a device that is offline again and again, whenever it is asked about. */
const mostDeferrals = 24;
/** A request is so many messages at most, one after the other: the first, and one after each failure and each wait for the device. */
export const mostAttempts = 1 + backoffMs.length + mostDeferrals;

/** The room, whose `rev` is counted already, with the next attempt and its message. */
export function requestInfo(
  room: Chatroom,
  failures: number,
  nowMs: EpochMs,
  waitMs = 0,
  deferrals = 0,
): Required<RoomDecision> {
  const attempt = room.attempts + 1;
  const waits = { reserved: false, notBeforeMs: nowMs + waitMs, givenUp: false };
  const request = { failures, ...(deferrals > 0 && { deferrals }), ...waits };
  const delayS = delayUntilS(request.notBeforeMs, nowMs);
  return { next: { ...room, attempts: attempt, request }, send: { attempt, delayS } };
}

export type AttemptClaim =
  /** Outdated, or another message's. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  /** A time is to be reserved first: `slotReserved`. */
  | { readonly kind: 'reserve' }
  /** Once `next` is stored, GeWe is to be asked. */
  | { readonly kind: 'call'; readonly next: Chatroom };

/** A message that asks for the room's info was received. */
export function claimAttempt(room: Chatroom | undefined, attempt: number, nowMs: EpochMs): AttemptClaim {
  if (!isCurrent(room, attempt)) return { kind: 'drop' };
  const { request } = room;
  if (nowMs < request.notBeforeMs) return { kind: 'wait', untilMs: request.notBeforeMs };
  if (!request.reserved) return { kind: 'reserve' };
  // A second receive of the message waits until this call is done.
  return {
    kind: 'call',
    next: { ...room, rev: room.rev + 1, request: { ...request, notBeforeMs: nowMs + callMs } },
  };
}

/** The message waits for the time that was reserved for it. */
export function slotReserved(room: Chatroom | undefined, attempt: number, slotMs: EpochMs): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const request = { ...room.request, reserved: true, notBeforeMs: slotMs };
  return { next: { ...room, rev: room.rev + 1, request } };
}

/** GeWe gave the info. */
export function infoReceived(room: Chatroom | undefined, attempt: number, info: RoomInfo): RoomDecision {
  if (!isCurrent(room, attempt)) return {};
  const { request: _done, ...rest } = room;
  return { next: { ...rest, rev: room.rev + 1, info } };
}

/**
 * An attempt failed: it is retried with growing waits, and given up at once where that cannot help. An offline device comes back; once that
 * was waited for in vain, the next message in the room shows that it did.
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
  const { failures, deferrals } = room.request;
  const waitMs = backoffMs[failures];
  const next = { ...room, rev: room.rev + 1 };
  if (mayHelp && waitMs !== undefined) return requestInfo(next, failures + 1, nowMs, waitMs, deferrals);
  if (isOffline) return givenUp(next, room.request, nowMs);
  return givenUp(next, room.request, nowMs + (mayHelp ? exhaustedMs : refusedMs));
}

/**
 * The device is marked offline, so GeWe is not asked: the next attempt waits as long as it has been offline, and there is none after a day,
 * or after so many waits. It is no failure.
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
  const { failures, deferrals = 0 } = room.request;
  if (offlineMs >= awaitedMs || deferrals >= mostDeferrals) return givenUp(next, room.request, nowMs);
  const waitMs = Math.min(longestDeferralMs, Math.max(backoffMs[0], offlineMs));
  return requestInfo(next, failures, nowMs, waitMs, deferrals + 1);
}

function givenUp(room: Chatroom, request: InfoRequest, untilMs: EpochMs): RoomDecision {
  return { next: { ...room, request: { ...request, givenUp: true, notBeforeMs: untilMs } } };
}

type Asked = Chatroom & { readonly request: InfoRequest };

function isCurrent(room: Chatroom | undefined, attempt: number): room is Asked {
  return room?.request !== undefined && !room.request.givenUp && room.attempts === attempt;
}
