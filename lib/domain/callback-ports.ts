import type { CallbackEvent } from './callback.ts';
import type { Chatroom, RoomInfo } from './chatroom.ts';
import type { FailureClass } from './errors.ts';
import type { DeviceSecret } from './ports.ts';
import type { EpochMs } from './record.ts';

/** The callback of a token: where GeWe posts the events of all its devices. Its URL follows from the token and `salt`. */
export interface CallbackRecord {
  /** Counts the changes of what was put. */
  readonly rev: number;
  readonly tokenKey: Uint8Array;
  /** 16 random bytes, other ones for each callback: a deleted one's URL never holds again. */
  readonly salt: Uint8Array;
  /** `idHashOf` the id in its URL. */
  readonly idHash: Uint8Array;
  /** Every callback goes on to there. */
  readonly forwardTo?: string;
  /** GeWe was told the URL, by this service. */
  readonly registered: boolean;
  readonly createdAtMs: EpochMs;
  /** To within ten seconds; absent when none came yet. */
  readonly lastReceivedAtMs?: EpochMs;
  /** Host names of this service itself, which nothing is forwarded to. */
  readonly ownHosts: readonly string[];
}

/** The callbacks, one a token. Every error is thrown as `StoreUnavailable`. */
export interface CallbackStore {
  /** Strongly consistent. */
  load(callbackKey: string): Promise<CallbackRecord | undefined>;
  /** Stores `next` over exactly `before` (undefined: none is there). False when something else is there. */
  swap(callbackKey: string, before: CallbackRecord | undefined, next: CallbackRecord): Promise<boolean>;
  /** Deletes it; where `rev` is given, only one of that revision. Harmless when there is none. */
  delete(callbackKey: string, rev?: number): Promise<void>;
  /** A callback came then. Writes at most once in ten seconds, and nothing where there is no callback (any more). */
  noteReceived(callbackKey: string, atMs: EpochMs): Promise<void>;
}

/** What a sealed body belongs to: it cannot be opened for anything else. */
export interface BodyBinding {
  readonly callbackKey: string;
  readonly deliveryId: string;
}

/** Seals callback bodies for the workers alone. */
export interface BodySealer {
  seal(body: Uint8Array, binding: BodyBinding): Promise<string>;
}
export interface BodyOpener {
  /** Throws `Unsealable` when the text was sealed for something else, was altered, or its key is gone. */
  open(sealed: string, binding: BodyBinding): Promise<Uint8Array>;
}

/** Sealed bodies that are too large for a message; deleted by the last who needs them, or after 16 days. */
export interface BodyParts {
  /** Gives the number of parts. Throws `StoreUnavailable`, as do the others. */
  put(deliveryId: string, sealed: string): Promise<number>;
  /** Undefined when a part is gone. */
  read(deliveryId: string, parts: number): Promise<string | undefined>;
  delete(deliveryId: string, parts: number): Promise<void>;
}

/** A sealed body: itself, or how many parts of it are kept under the delivery's id. */
export type SealedBody = { readonly sealed: string } | { readonly parts: number };

interface Delivery {
  readonly callbackKey: string;
  /** Names one receipt: 22 characters of base64url. */
  readonly deliveryId: string;
  readonly receivedAtMs: EpochMs;
  /** As it came; empty when none did. */
  readonly contentType: string;
  readonly body: SealedBody;
}

/** A callback came, and is to be worked out. */
export interface CallbackMessage extends Delivery {
  readonly kind: 'callback';
  /** base64url of the token's key: with the device id in the body it gives the device's key. */
  readonly tokenKey: string;
  /** It is to go on to the callback's target: there is one, and nobody relayed it to here. */
  readonly forward: boolean;
}

/** A callback is to be sent to the target of its callback record. */
export interface RelayMessage extends Delivery {
  readonly kind: 'relay';
  /** Told to the target, for dropping repeats: `headerIdOf`. */
  readonly headerId: string;
}

/** GeWe is to be asked about a chatroom. The token and the app id are in `sealed`, as in a refresh's messages. */
export interface RoomMessage {
  readonly kind: 'room';
  readonly deviceKey: string;
  readonly roomId: string;
  /** Of the room's `asked`: a message of another count is done with. */
  readonly attempt: number;
  readonly sealed: string;
}

/** The queue of callbacks, and of the calls they lead to. Throws `QueueUnavailable`. */
export interface CallbackQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: CallbackMessage | RoomMessage, delayS: number): Promise<void>;
}

/** The queue of callbacks to be forwarded. Throws `QueueUnavailable`. */
export interface RelayQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: RelayMessage, delayS: number): Promise<void>;
}

/** What was heard of a device's chatrooms. Every error is thrown as `StoreUnavailable`. */
export interface ChatroomStore {
  /** Strongly consistent. */
  load(deviceKey: string, roomId: string): Promise<Chatroom | undefined>;
  /**
   * Stores `next` if what is stored has `rev === next.rev - 1` (or nothing is stored and `next.rev` is 1).
   * `fence`: the revision of the device's record, for erasure. False when somebody else was first.
   */
  swap(deviceKey: string, fence: number, next: Chatroom): Promise<boolean>;
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
export interface Rooms {
  /** `group/getChatroomInfo`. */
  ask(secret: DeviceSecret, roomId: string, signal: AbortSignal): Promise<RoomAnswer>;
}

/** Says whether callbacks may be forwarded to an URL: http or https, a public address, not this service itself. */
export interface TargetCheck {
  /** `why`: for the caller to read. */
  check(
    url: string,
    ownHosts: readonly string[],
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
}

/** What a callback's body says. Never throws: what has none of GeWe's shapes is `unknown`. */
export type ParseCallback = (body: Uint8Array) => CallbackEvent;
