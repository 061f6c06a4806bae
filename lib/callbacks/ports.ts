import type { RoomMessage } from '../chatrooms/ports.ts';
import type { EpochMs } from '../device/record.ts';
import type { CallbackEvent } from './event.ts';

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
  /** This service has registered the URL at GeWe. */
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
  compareAndSet(
    callbackKey: string,
    before: CallbackRecord | undefined,
    next: CallbackRecord,
  ): Promise<boolean>;
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

/** Seals callback bodies for who may read the keyring. */
export interface BodySealer {
  seal(body: Uint8Array, binding: BodyBinding): Promise<string>;
}
export interface BodyOpener {
  /** Throws `Unsealable` when the text was sealed for something else, was altered, or its key is gone. */
  open(sealed: string, binding: BodyBinding): Promise<Uint8Array>;
}

/**
 * Sealed bodies that are too large for a message, by their deliveries' ids. Two functions read each, in no order, so nobody
 * deletes: they expire after 16 days. Every error is thrown as `StoreUnavailable`.
 */
export interface BodyStore {
  put(deliveryId: string, sealed: string): Promise<void>;
  /** Undefined when it is gone. */
  get(deliveryId: string): Promise<string | undefined>;
}

/** A sealed body: itself, or that it is in the body store under the delivery's id. */
export type SealedBody = { readonly sealed: string } | { readonly stored: true };

interface ReceivedCallback {
  readonly callbackKey: string;
  /** Names one receipt: 22 characters of base64url. */
  readonly deliveryId: string;
  readonly receivedAtMs: EpochMs;
  /** As it came; empty when none did. */
  readonly contentType: string;
  /** Length of the body that `body` opens to. */
  readonly bytes: number;
  readonly body: SealedBody;
}

/** A callback was received, and is to be processed. */
export interface CallbackMessage extends ReceivedCallback {
  readonly kind: 'callback';
  /** base64url of the token's key: with the device id in the body it gives the device's key. */
  readonly tokenKey: string;
}

/** A callback is to be sent to the target of its callback record. */
export interface ForwardMessage extends ReceivedCallback {
  readonly kind: 'forward';
  /** Counts deliveries: the next one is this one; absent for the first. */
  readonly attempt?: number;
  /** When it was first sent again, because it could not be delivered at once; absent before. */
  readonly waitsSinceMs?: EpochMs;
  /** No delivery is tried before; absent as long as it does not wait. */
  readonly dueAtMs?: EpochMs;
}

/** The queue of callbacks, and of the calls they lead to. Throws `QueueUnavailable`. */
export interface CallbackQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: CallbackMessage | RoomMessage, delayS: number): Promise<void>;
}

/** The queue of callbacks to be forwarded. Throws `QueueUnavailable`. */
export interface ForwardQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: ForwardMessage, delayS: number): Promise<void>;
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

/** One callback on its way. Nothing of it is ever logged. */
export interface WebhookRequest {
  readonly target: string;
  /** As `TargetCheck` takes them. */
  readonly ownHosts: readonly string[];
  /** For the target to drop repeats by: the same for our own repeat and for GeWe's repeat of a message. */
  readonly headerId: string;
  readonly receivedAtMs: EpochMs;
  /** As it was received; empty when there was none. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What came of one delivery: nothing of the target's answer but its status. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** `why` as `TargetCheck` says it. */
  | { readonly kind: 'blocked'; readonly why: string }
  /** `retryAfterMs`: when the target said so (`Retry-After`), up to an hour. */
  | { readonly kind: 'failed'; readonly status: number; readonly retryAfterMs?: number }
  /** The target did not answer, in time or at all. */
  | { readonly kind: 'failed'; readonly lost: 'timeout' | 'connection' };

/** Delivers callbacks. */
export interface WebhookClient {
  /** One request, to an address that was checked. Answers, whatever happens; ends early when the signal aborts. */
  deliver(delivery: WebhookRequest, signal: AbortSignal): Promise<DeliveryOutcome>;
}

/** How many callbacks of a token wait for its target, by when they began to. Throws `StoreUnavailable`. */
export interface WaitingCounts {
  /** Adds to those that began to wait in the period of `bucketMs` (`bucketOf`); gives how many that are now. */
  add(callbackKey: string, bucketMs: EpochMs, change: number): Promise<number>;
  /** Of every period since `fromMs`: [its `bucketOf`, how many]; eventually consistent. */
  load(callbackKey: string, fromMs: EpochMs): Promise<readonly (readonly [EpochMs, number])[]>;
}

/** The dead-letter queue of callbacks that could not be forwarded. */
export interface DeadLetters {
  /** Throws `QueueUnavailable`. */
  send(message: ForwardMessage): Promise<void>;
}
