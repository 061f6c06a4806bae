import type { EpochMs } from './record.ts';

/** A callback that is to be forwarded. The body is a private chat: it rests sealed, in the message or in the table. */
export interface RelayMessage {
  readonly kind: 'relay';
  /** Finds the callback's record, and with it where to. */
  readonly callbackKey: string;
  /** Of our receiving: names the parts of the body. */
  readonly deliveryId: string;
  /** What the target is told: the same for a repeat of ours and for GeWe's own repeat of a message. */
  readonly headerId: string;
  readonly receivedAtMs: EpochMs;
  /** As it was received; empty when there was none. */
  readonly contentType: string;
  readonly body: SealedBody;
}

/** The sealed text itself, or the number of parts that it rests in. */
export type SealedBody = { readonly sealed: string } | { readonly parts: number };

/** Opens the sealed body of a callback. */
export interface BodyOpener {
  /** The bytes that were received. Throws `Unsealable`. */
  open(
    sealed: string,
    binding: { readonly callbackKey: string; readonly deliveryId: string },
  ): Promise<Uint8Array>;
}

/** Sealed bodies that are too large for a message. Errors are thrown as `StoreUnavailable`. */
export interface BodyParts {
  /** The sealed text; undefined when a part is gone. */
  load(deliveryId: string, parts: number): Promise<string | undefined>;
  /** Harmless when they are gone. */
  delete(deliveryId: string, parts: number): Promise<void>;
}

/** Where the callbacks of a token go. */
export interface CallbackTargets {
  /** Undefined when there is no such callback (any more). Throws `StoreUnavailable`. */
  targetOf(callbackKey: string): Promise<CallbackTarget | undefined>;
}
export interface CallbackTarget {
  /** Absent: nowhere. */
  readonly forwardTo?: string;
  /** Of this service, as `TargetCheck` takes them. */
  readonly ownHosts: readonly string[];
}

/** Says whether callbacks may be forwarded to an URL. */
export interface TargetCheck {
  /**
   * Resolves the URL's name. `ownHosts`: the hosts of this service, `name` for all ports or `name:port` for one.
   * `why` is for the caller, a half sentence that goes with "forwardTo"; it names no address that was found.
   */
  check(url: string, ownHosts: readonly string[]): Promise<TargetVerdict>;
}
export type TargetVerdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** One callback on its way. Nothing of it is ever logged. */
export interface Delivery {
  readonly target: string;
  readonly ownHosts: readonly string[];
  readonly headerId: string;
  readonly receivedAtMs: EpochMs;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What came of one delivery: nothing of the target's answer but its status. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** `why` as in `TargetVerdict`. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly status: number }
  /** The target did not answer, in time or at all. */
  | { readonly kind: 'failed'; readonly lost: 'timeout' | 'connection' };

/** Delivers callbacks. */
export interface Courier {
  /** One request, to an address that was checked. Answers, whatever happens; ends early when the signal aborts. */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome>;
}

/** Where messages rest that could not be forwarded. */
export interface DeadLetters {
  /** Throws `QueueUnavailable`. */
  send(message: RelayMessage): Promise<void>;
}
