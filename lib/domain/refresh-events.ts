import type { FailureClass } from './errors.ts';
import type {
  DeviceRecord,
  EndedRefresh,
  EpochMs,
  ListCall,
  OpenRefresh,
  RefreshResult,
  SnapshotRef,
} from './record.ts';

/** What one of the rules of `refresh.ts` decided. */
export interface Decision<Outcome> {
  /** The record to store instead; absent when nothing changes. */
  readonly next?: DeviceRecord;
  /** To be archived before `next` is stored: the record has no room for them any longer. */
  readonly archive?: readonly EndedRefresh[];
  readonly outcome: Outcome;
}

/** A message to send once the record is stored. */
export interface Delivery {
  readonly refreshId: string;
  readonly step: number;
  /** Whole seconds. */
  readonly delayS: number;
}

export type StartOutcome =
  /** A new refresh, or one under way that was joined; `send` when its message is due. */
  | { readonly kind: 'begun' | 'joined'; readonly refresh: OpenRefresh; readonly send?: Delivery }
  /** One that ended a moment ago says it all. */
  | { readonly kind: 'recent'; readonly refresh: EndedRefresh };

/** Which refresh, and which step of it, a message is about. */
export interface MessageRef {
  readonly refreshId: string;
  readonly step: number;
}

/** What a worker does in one receive: one list call, or a stretch of looking into GeWe's cache. */
export type Work = 'list' | 'poll';

export type ClaimOutcome =
  | {
      readonly kind: 'work';
      readonly work: Work;
      readonly call: ListCall;
      /** The revision of this claim: what its holder writes stands back behind later claims' writes. */
      readonly fence: number;
    }
  /** Another worker holds it, or it is too early: receive the message again then. */
  | { readonly kind: 'hide'; readonly untilMs: EpochMs }
  /** The message is of an earlier step: make sure that the current one's is on its way. */
  | { readonly kind: 'resend'; readonly send: Delivery }
  /** Ended, erased, unknown, or in good hands. */
  | { readonly kind: 'drop' };

/** A claim that somebody holds. */
export interface Claim extends MessageRef {
  readonly owner: string;
}

export type SettleOutcome =
  | { readonly kind: 'continued'; readonly send: Delivery }
  | { readonly kind: 'ended'; readonly refresh: EndedRefresh }
  /** The claim was lost: nothing is changed. */
  | { readonly kind: 'stale' };

/** What came of a claim's work. */
export type Event =
  /** The list call failed and GeWe may still be at work on it: its cache may have the result soon. */
  | { readonly kind: 'lost'; readonly class: FailureClass }
  /** GeWe said no, or could not be reached at all. */
  | { readonly kind: 'refused'; readonly work: Work; readonly class: FailureClass }
  /** The cache had nothing new in this stretch. */
  | { readonly kind: 'silence' }
  /** The list is suspiciously short: a second list call has to say the same. */
  | { readonly kind: 'shrunken'; readonly work: Work }
  /** The stored list once more. */
  | { readonly kind: 'unchanged'; readonly work: Work }
  /** Another list, already written into its slot. */
  | {
      readonly kind: 'changed';
      readonly work: Work;
      readonly snapshot: SnapshotRef;
      readonly result: RefreshResult;
    };
