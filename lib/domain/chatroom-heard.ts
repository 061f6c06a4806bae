import type { Chatroom, RoomDecision } from './chatroom.ts';
import { asking } from './chatroom-ask.ts';
import type { EpochMs } from './record.ts';

/** `lastHeardAtMs` is written no more often than this. */
export const heardAgainMs = 60_000;
/**
 * The message of an ask that is so late was lost, or never sent: less than the queue's visibility timeout (70 s), so that the
 * callback that led to it sends it when it comes again.
 */
const overdueMs = 60_000;

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
