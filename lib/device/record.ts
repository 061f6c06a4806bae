import type { FailureClass } from './failures.ts';

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;

/** What asked for a refresh. */
export const triggers = ['api', 'schedule', 'event', 'callback', 'pass-through'] as const;
export type Trigger = (typeof triggers)[number];

/** How many ids each array of a list holds. */
export interface Counts {
  readonly friends: number;
  readonly chatrooms: number;
  readonly ghs: number;
}

/** The two places a list can be written to; the record says which one is current. */
export type Slot = 'A' | 'B';

/** Points at the one complete list that is served. */
export interface SnapshotRef {
  readonly slot: Slot;
  /** `digestOf` the list: names the list, whatever the order of its ids. */
  readonly digest: string;
  /** `partDigestOf` each part of the stored bytes, in order. */
  readonly partDigests: readonly string[];
  readonly counts: Counts;
  /** When the upstream call that gave this list began. */
  readonly asOfMs: EpochMs;
  /** When the answer of that call came: from then on GeWe's cache may remember it for ten minutes. */
  readonly receivedAtMs: EpochMs;
  /** When the list last became a different one. */
  readonly changedAtMs: EpochMs;
}

/** A list call that may still be at work upstream; no other one is begun before `mayRunUntilMs`. */
export interface ListCall {
  readonly startedAtMs: EpochMs;
  readonly mayRunUntilMs: EpochMs;
  /**
   * The list that GeWe's cache gives may stem from an earlier call that was never settled: from one that began as
   * early as this.
   */
  readonly oldestMs: EpochMs;
}

/** What a refresh that succeeded brought. */
export interface RefreshResult {
  readonly counts: Counts;
  /** Ids that were not in the list before; all of them when there was none. */
  readonly added: number;
  readonly removed: number;
}

interface RefreshBase {
  readonly id: string;
  readonly trigger: Trigger;
  readonly createdAtMs: EpochMs;
  readonly startedAtMs?: EpochMs;
  /** List calls begun so far. */
  readonly attempt: number;
}

/** A refresh that has ended; it can be read for 24 hours. */
export interface EndedRefresh extends RefreshBase {
  readonly status: 'succeeded' | 'failed';
  readonly endedAtMs: EpochMs;
  /** Present when it succeeded. */
  readonly result?: RefreshResult;
  /** Present when it failed. */
  readonly error?: FailureClass;
}

/** The worker that holds a refresh, and until when nobody else may. */
export interface Lease {
  readonly owner: string;
  readonly untilMs: EpochMs;
}

/** A refresh that is under way. */
export interface OpenRefresh extends RefreshBase {
  readonly status: 'queued' | 'running';
  /** By then it has ended, for every reader, whatever became of its workers. */
  readonly deadlineAtMs: EpochMs;
  /** Counts the messages of this refresh: a worker serves the one that carries the current step. */
  readonly step: number;
  /** The current step's message is not to be served before. */
  readonly notBeforeMs: EpochMs;
  /** When the current step's message was last sent; 0 when it is known not to have been. */
  readonly sentAtMs: EpochMs;
  /** Present while it runs. */
  readonly lease?: Lease;
  /** Retries used up so far. */
  readonly retries: number;
  /** Why the latest try failed. */
  readonly error?: FailureClass;
  /** The list shrank so much that a second list call has to confirm it. */
  readonly confirming?: boolean;
}

export type Refresh = OpenRefresh | EndedRefresh;

/** Of a digest: 96 bits, all that telling lists apart needs. */
export const supersededDigestLength = 16;

/** Lists that GeWe's cache may still remember: until when each was served, by the first 16 characters of its digest. */
export type Superseded = Readonly<Record<string, EpochMs>>;

/** The permission to refresh a device without its caller; its sealed token stands in the `SubscriptionStore`. */
export interface Subscription {
  /** 8 characters of [0-9a-z]: with the device key, the id (`subscriptionIdOf`). */
  readonly suffix: string;
  readonly createdAtMs: EpochMs;
  /** The time between two scheduled refreshes; absent: none are scheduled. */
  readonly everyMs?: number;
  /** What the schedule counts from: a refresh is due whole periods after it. */
  readonly anchorMs: EpochMs;
  /** Refresh when a callback reports a change, and discover chatrooms. */
  readonly onCallbacks: boolean;
  /** Refreshes that failed in a row. */
  readonly failures: number;
  /** When the schedule refreshes it next; absent: never. */
  readonly dueAtMs?: EpochMs;
  /** GeWe rejects the token: nothing is done until the subscription is put again, or a refresh succeeds. */
  readonly stopped?: boolean;
}

/** A change was reported and no list call is known to have begun since: the refresh is to run once more. */
export interface PendingRerun {
  readonly notBeforeMs: EpochMs;
  /** When its message was last sent, or about to be; absent while a refresh runs, whose end sends it. */
  readonly sentAtMs?: EpochMs;
  readonly trigger: Trigger;
  /**
   * The latest list call was to begin after every change that was reported, but is not known to have been made: its worker may have
   * crashed before.
   */
  readonly isCovered?: boolean;
}

/** An event for EventBridge, until it is known to have been published (outbox). */
export type Pending =
  | {
      readonly kind: 'changed';
      readonly refreshId: string;
      /** The revision of the record that made it true. */
      readonly rev: number;
      readonly atMs: EpochMs;
      /** The digest of the list that was published last, absent when there was none; the current snapshot follows it. */
      readonly from?: string;
      readonly added: number;
      readonly removed: number;
    }
  | {
      readonly kind: 'failed';
      readonly refreshId: string;
      readonly rev: number;
      readonly atMs: EpochMs;
      readonly error: FailureClass;
    };

/**
 * All that is known of a device but the list itself. It changes only by compare-and-set: a new record
 * is stored only over the one whose `rev` is exactly one less.
 */
export interface DeviceRecord {
  readonly rev: number;
  readonly snapshot?: SnapshotRef;
  readonly call?: ListCall;
  /** The refresh that is under way, or the one that ended last. */
  readonly refresh?: Refresh;
  /** How long the last refresh that succeeded took, from its first step to its end. */
  readonly expectedMs?: number;
  readonly superseded: Superseded;
  readonly subscription?: Subscription;
  readonly rerun?: PendingRerun;
  /** Oldest first; what is pending of one kind is one entry (see `outbox-rules.ts`). */
  readonly pending?: readonly Pending[];
  /** Since when the device is logged out of WeChat, as far as is known. */
  readonly offlineSinceMs?: EpochMs;
  /** The time of the callback that showed that it was logged in again; absent while it is offline. */
  readonly backAtMs?: EpochMs;
  /** Set on a tombstone: the device was erased then, and only a start revives it. */
  readonly erasedAtMs?: EpochMs;
}

/** The record of a device that nothing is known of. */
export const emptyRecord: DeviceRecord = { rev: 0, superseded: {} };

/** The next revision of a record. */
export function advance(record: DeviceRecord, changes: Partial<DeviceRecord>): DeviceRecord {
  return { ...record, ...changes, rev: record.rev + 1 };
}

export function isOpen(refresh: Refresh): refresh is OpenRefresh {
  return refresh.status === 'queued' || refresh.status === 'running';
}

/**
 * The refresh that was under way in a record, as it ended with the next one (or was archived for it); undefined when it goes on,
 * or was erased.
 */
export function endedBetween(
  { refresh }: DeviceRecord,
  next: DeviceRecord,
  archive: EndedRefresh | undefined,
): EndedRefresh | undefined {
  if (refresh === undefined || !isOpen(refresh)) return undefined;
  const found = [next.refresh, archive].find((other) => other?.id === refresh.id);
  return found && !isOpen(found) ? found : undefined;
}

/** What a rule decided. */
export interface Decision<Outcome> {
  /** The record to store instead; absent when nothing changes. */
  readonly next?: DeviceRecord;
  /** To be archived before `next` is stored: another refresh takes its place in the record. */
  readonly archive?: EndedRefresh;
  readonly outcome: Outcome;
}
