import type { Change } from './changes.ts';
import type { Contacts } from './contacts.ts';
import type { FailureClass } from './failures.ts';
import type { DeviceEvent } from './outbox-rules.ts';
import type { Policy } from './policy.ts';
import type { DeviceRecord, EndedRefresh, EpochMs, Slot, SnapshotRef } from './record.ts';
import type { Telemetry } from './telemetry.ts';

/** Time comes in, so that tests can hold it. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The device records. Every error but a lost compare-and-set is thrown as `StoreUnavailable`. */
export interface RecordStore {
  /** Strongly consistent. */
  load(deviceKey: string): Promise<DeviceRecord | undefined>;
  /**
   * Stores `next` if what is stored has `rev === next.rev - 1` (or nothing is stored and `next.rev` is 1).
   * False when somebody else was first; a retry after an answer that was lost is a success.
   */
  compareAndSet(deviceKey: string, next: DeviceRecord): Promise<boolean>;
}

/** The stored bytes of lists: two slots a device, each in parts. */
export interface SnapshotStore {
  /**
   * Writes the list into the slot, only over what has no greater fence. The digests of its parts; `overtaken` when a later writer has
   * been there, `too-large` when it could not be served.
   */
  write(
    deviceKey: string,
    slot: Slot,
    fence: number,
    contacts: Contacts,
  ): Promise<readonly string[] | 'overtaken' | 'too-large'>;
  /** The list that `ref` points at, as it is served: the body of GeWe's own answer, gzip. Undefined when it is another by now. */
  readPacked(deviceKey: string, ref: SnapshotRef): Promise<Uint8Array | undefined>;
  /** The same list. */
  read(deviceKey: string, ref: SnapshotRef): Promise<Contacts | undefined>;
}

/** What changed between two lists; kept 30 days. */
export interface ChangeStore {
  put(deviceKey: string, rev: number, change: Change): Promise<void>;
  /** Newest first, as far as the consumer iterates, and as far as one request may read. Expired ones are left out. */
  newestFirst(deviceKey: string): AsyncIterable<Change>;
}

/** Ended refreshes, once another one has taken their place in the record; kept until 24 h after their end. */
export interface RefreshArchive {
  put(deviceKey: string, rev: number, refresh: EndedRefresh): Promise<void>;
  find(deviceKey: string, refreshId: string): Promise<EndedRefresh | undefined>;
}

/** Erasing everything of a device but its record. */
export interface Eraser {
  /** Deletes slot parts, changes and archived refreshes that were written at or before record revision `rev`. */
  erase(deviceKey: string, rev: number): Promise<void>;
}

/** The message of one step of a refresh. The token and the app id are in `sealed`, readable with the keyring alone. */
export interface StepMessage {
  readonly kind: 'step';
  readonly deviceKey: string;
  readonly refreshId: string;
  readonly step: number;
  readonly sealed: string;
}

/** Erase what a late worker may have written up to the tombstone of revision `rev`. */
export interface EraseMessage {
  readonly kind: 'erase';
  readonly deviceKey: string;
  readonly rev: number;
}

/** A rerun is pending (`record.rerun`): begin it when its time has come. */
export interface RerunMessage {
  readonly kind: 'rerun';
  readonly deviceKey: string;
  readonly sealed: string;
}

/** The schedule's queue holds something: a run of the worker is wanted, which takes from it. */
export interface WakeMessage {
  readonly kind: 'wake';
}

export type RefreshMessage = StepMessage | EraseMessage | RerunMessage | WakeMessage;

/** A queue of refreshes. Errors are thrown as `QueueUnavailable`. */
export interface RefreshQueue {
  /** `delayS`: whole seconds, 0 to 900 (SQS). */
  send(message: RefreshMessage, delayS: number): Promise<void>;
}

/** A message, and its delay in whole seconds, 0 to 900 (SQS). */
export interface DelayedMessage {
  readonly message: RefreshMessage;
  readonly delayS: number;
}

/** About how many messages a queue holds: `visible` ones could be received now, `delayed` ones later, `inFlight` ones were received. */
export interface Backlog {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

/** The queue of the refreshes that the schedule began: they wait where nobody else does. */
export interface ScheduleQueue extends RefreshQueue {
  /** Sends what it can, and gives back the rest. */
  sendAll(messages: readonly DelayedMessage[]): Promise<readonly DelayedMessage[]>;
  backlog(): Promise<Backlog>;
}

/** The sealed token of a subscription, beside the device record that holds the rest of it. */
export interface SubscriptionStore {
  /** `rev`: of the record that the subscription stands in. Leaves one that was put for a later revision as it is. */
  put(deviceKey: string, rev: number, sealed: SealedSubscription): Promise<void>;
  /** Puts it over one of the same subscription alone; harmless when there is none. */
  replace(deviceKey: string, rev: number, sealed: SealedSubscription): Promise<void>;
  /** Strongly consistent. */
  load(deviceKey: string): Promise<SealedSubscription | undefined>;
  /** Deletes the one of that subscription alone; harmless when there is none. */
  delete(deviceKey: string, suffix: string): Promise<void>;
}

export interface SealedSubscription {
  /** Of the subscription it belongs to (`Subscription.suffix`): one of an earlier subscription is not used. */
  readonly suffix: string;
  /** As in a `StepMessage`. */
  readonly sealed: string;
}

/** A device whose time has come. */
export interface DueDevice {
  readonly deviceKey: string;
  /** Whole seconds, rounded up. */
  readonly dueAtMs: EpochMs;
}

/** What is stored of a device that is due. */
export interface DueState {
  readonly record?: DeviceRecord;
  readonly sealed?: SealedSubscription;
}

/** Finds the devices whose `subscription.dueAtMs` has come; eventually consistent. Throws `StoreUnavailable`. */
export interface DueIndex {
  /** Earliest first within a shard. `shard`: 0 to `dueShards - 1`. */
  dueBefore(nowMs: EpochMs, shard: number): AsyncIterable<DueDevice>;
  /** Of up to 50 devices at once; one that could not be read is left out, and one that has just changed may be as it was before. */
  load(deviceKeys: readonly string[]): Promise<ReadonlyMap<string, DueState>>;
}

/** Tokens that GeWe has accepted, by `tokenKeyOf`. */
export interface AcceptedTokens {
  note(tokenKey: Uint8Array): Promise<void>;
  has(tokenKey: Uint8Array): Promise<boolean>;
}

/** EventBridge. */
export interface EventBus {
  /** All of them, or `BusUnavailable` is thrown. */
  publish(events: readonly DeviceEvent[]): Promise<void>;
}

/** One received message, from the moment it is taken until it is deleted or becomes visible again. */
export interface MessageHandle {
  /** Nobody else receives the message for `seconds` from now (0 to 43,200; SQS). */
  extendVisibility(seconds: number): Promise<void>;
}

/** What a GeWe call needs. Never logged, never stored but sealed. */
export interface DeviceSecret {
  readonly token: string;
  readonly appId: string;
}

/** Seals for who may read the keyring; bound to the purpose and the device key. */
export interface Sealer {
  seal(secret: DeviceSecret, deviceKey: string): Promise<string>;
}
export interface Opener {
  /** Throws `Unsealable` when the text was sealed for something else, was altered, or its key is gone. */
  open(sealed: string, deviceKey: string): Promise<DeviceSecret>;
}

/** Seals anew what was sealed for a key that is no longer the current one. */
export interface Resealer {
  /** Undefined when it is sealed for the current key. Throws `Unsealable`. */
  reseal(sealed: string, deviceKey: string): Promise<string | undefined>;
}

/** What came of a call to GeWe. */
export type UpstreamAnswer =
  /** `release`, where there is one, is to be called when the list is no longer needed: few large ones are in memory at once. */
  | { readonly kind: 'list'; readonly contacts: Contacts; readonly release?: () => void }
  /** Success without a list: on the cache, not ready yet. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'failure';
      readonly class: FailureClass;
      /** The connection was lost or the answer unreadable: GeWe may still be at work on the call. */
      readonly mayStillRun: boolean;
    };

/** GeWe. Both calls answer, whatever happens; they throw only the abort reason of `signal`. */
export interface Upstream {
  /** `contacts/fetchContactsList`, for at most `timeoutMs`. */
  fetchList(secret: DeviceSecret, timeoutMs: number, signal: AbortSignal): Promise<UpstreamAnswer>;
  /** `contacts/fetchContactsListCache`. */
  fetchCached(secret: DeviceSecret, signal: AbortSignal): Promise<UpstreamAnswer>;
}

/** What came of one of GeWe's quick calls. Nothing of GeWe's own texts is in it. */
export type AccountAnswer =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly class: FailureClass };

/** GeWe's quick calls about a token. They answer, whatever happens; they throw only the abort reason of `signal`. */
export interface GeweAccount {
  /** `login/checkOnline`: success says that GeWe accepts the token and knows the device, whether or not that is online. */
  checkOnline(secret: DeviceSecret, signal: AbortSignal): Promise<AccountAnswer>;
  /** `login/setCallback`, or `tools/setCallback` of a self-hosted build. */
  setCallback(token: string, callbackUrl: string, signal: AbortSignal): Promise<AccountAnswer>;
}

/** DynamoDB could not be asked or did not answer. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
/** SQS could not be asked or did not answer. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
}
/** EventBridge could not be asked or did not take every event. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}
/** A sealed text that cannot be opened here. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable';
}

/** What became of a received message. */
export type MessageResult =
  /** Handled: the queue deletes it. `what` is for the log. */
  | { readonly kind: 'ack'; readonly what: string; readonly error?: FailureClass }
  /** To be received again, when its visibility timeout ends. */
  | { readonly kind: 'retryLater'; readonly what?: string };

/** Whole seconds until then, at least one: for extending a message's visibility timeout. */
export function secondsUntil(untilMs: EpochMs, nowMs: EpochMs): number {
  return Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
}

/** What the core needs of the outside. A use case picks what it takes: `Pick<Ports, …>`. */
export interface Ports {
  readonly records: RecordStore;
  readonly snapshots: SnapshotStore;
  readonly changes: ChangeStore;
  readonly archive: RefreshArchive;
  readonly subscriptions: SubscriptionStore;
  readonly tokens: AcceptedTokens;
  readonly index: DueIndex;
  readonly eraser: Eraser;
  readonly queue: RefreshQueue;
  readonly scheduleQueue: ScheduleQueue;
  readonly events: EventBus;
  readonly sealer: Sealer;
  readonly opener: Opener;
  readonly resealer: Resealer;
  readonly upstream: Upstream;
  readonly account: GeweAccount;
  readonly clock: Clock;
  readonly policy: Policy;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** 16 characters of [0-9a-z]. */
  readonly newRefreshSuffix: () => string;
  /** 8 characters of [0-9a-z]. */
  readonly newSubscriptionSuffix: () => string;
  /** Names one receive of one worker. */
  readonly newOwner: () => string;
  readonly telemetry?: Telemetry;
}
