import { cacheMemoryMs, type Policy } from './policy.ts';
import type { DeviceRecord, EpochMs, ListCall, OpenRefresh } from './record.ts';
import type { Decision, Delivery, SettleOutcome, Work } from './refresh-events.ts';

/** What is known of a device that nothing is known of. */
export const emptyRecord: DeviceRecord = { rev: 0, results: [], superseded: [] };

/** The next revision of a record. */
export function advance(record: DeviceRecord, changes: Partial<DeviceRecord>): DeviceRecord {
  return { ...record, ...changes, rev: record.rev + 1 };
}

/** A worker holds the refresh under a living lease. */
export function isHeld(refresh: OpenRefresh, nowMs: EpochMs): boolean {
  return refresh.lease !== undefined && nowMs < refresh.lease.untilMs;
}

/** The current step's message. */
export function deliveryOf(refresh: OpenRefresh, nowMs: EpochMs): Delivery {
  const delayS = Math.max(0, Math.ceil((refresh.notBeforeMs - nowMs) / 1000));
  return { refreshId: refresh.id, step: refresh.step, delayS };
}

/** A list call that begins now, after whatever is known of an earlier one. */
export function newCall(earlier: ListCall | undefined, nowMs: EpochMs, policy: Policy): ListCall {
  const remembered = earlier !== undefined && nowMs < earlier.mayRunUntilMs + cacheMemoryMs;
  return {
    startedAtMs: nowMs,
    mayRunUntilMs: nowMs + policy.listTimeoutMs + policy.cacheWindowMs,
    oldestMs: remembered ? earlier.oldestMs : nowMs,
  };
}

/**
 * What is known of the list call after some work: its own answer ends it. An answer of the cache does not, even when
 * it is a new list: that may be the result of an earlier call, while this one is still at work.
 */
export function afterWork(record: DeviceRecord, work: Work): DeviceRecord {
  if (work === 'poll') return record;
  const { call: _over, ...rest } = record;
  return rest;
}

/** Ends this step; the next one's message is to be served after the delay. */
export function requeue(
  record: DeviceRecord,
  refresh: OpenRefresh,
  nowMs: EpochMs,
  delayMs: number,
): Decision<SettleOutcome> {
  const { lease: _released, ...rest } = refresh;
  const queued: OpenRefresh = {
    ...rest,
    status: 'queued',
    step: refresh.step + 1,
    notBeforeMs: nowMs + delayMs,
    sentAtMs: nowMs,
  };
  return {
    next: advance(record, { refresh: queued }),
    outcome: { kind: 'continued', send: deliveryOf(queued, nowMs) },
  };
}
