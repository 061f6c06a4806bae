import type { FailureClass } from '../device/failures.ts';
import type { DeviceSecret } from '../device/ports.ts';
import type { EpochMs } from '../device/record.ts';
import type { Chatroom, RoomInfo } from './room-rules.ts';
/** Asks for the info of a chatroom. The token and the app id are in `sealed`, as in a refresh's messages. */
export interface RoomMessage {
  readonly kind: 'room';
  readonly deviceKey: string;
  readonly roomId: string;
  /** The room's `attempts` when it was sent: a message of another count is outdated. */
  readonly attempt: number;
  readonly sealed: string;
}

/** The chatrooms that a device's callbacks revealed. Every error is thrown as `StoreUnavailable`. */
export interface ChatroomStore {
  /** Strongly consistent. */
  load(deviceKey: string, roomId: string): Promise<Chatroom | undefined>;
  /**
   * Stores `next` if what is stored has `rev === next.rev - 1` (or nothing is stored and `next.rev` is 1).
   * `fence`: the revision of the device's record, for erasure. False when somebody else was first.
   */
  compareAndSet(deviceKey: string, fence: number, next: Chatroom): Promise<boolean>;
  /**
   * At most so many of those after an id (undefined: from the first), in the order of the ids' UTF-8 bytes; strongly
   * consistent.
   */
  list(deviceKey: string, afterId: string | undefined, atMost: number): Promise<readonly Chatroom[]>;
  /**
   * A time, not before `nowMs`, at which one call about a chatroom of the device may begin: nobody else is given one less
   * than `intervalMs` away.
   */
  reserve(deviceKey: string, fence: number, nowMs: EpochMs, intervalMs: number): Promise<EpochMs>;
}

/** What came of asking GeWe about a chatroom. Nothing of GeWe's own texts but the room's names is in it. */
export type RoomAnswer =
  | { readonly kind: 'room'; readonly info: RoomInfo }
  | { readonly kind: 'failure'; readonly class: FailureClass };

/** GeWe, about chatrooms. It answers, whatever happens; it throws only the abort reason of `signal`. */
export interface RoomInfoClient {
  /** `group/getChatroomInfo`. */
  fetchInfo(secret: DeviceSecret, roomId: string, signal: AbortSignal): Promise<RoomAnswer>;
}

/** Where messages about rooms are sent. Throws `QueueUnavailable`. */
export interface RoomQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: RoomMessage, delayS: number): Promise<void>;
}
