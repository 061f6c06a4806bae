import type { RelayMessage } from './callback-ports.ts';
import type { EpochMs } from './record.ts';

/** One callback on its way. Nothing of it is ever logged. */
export interface Delivery {
  readonly target: string;
  /** As `TargetCheck` takes them. */
  readonly ownHosts: readonly string[];
  /** What the target is told: the same for a repeat of ours and for GeWe's own repeat of a message. */
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
