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

/** What a rule decided. `next`: absent when nothing changes. */
export interface RoomDecision {
  readonly next?: Chatroom;
  /** A `RoomMessage` of this attempt is to be sent once `next` is stored. */
  readonly send?: { readonly attempt: number; readonly delayS: number };
}
