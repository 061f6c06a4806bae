import { advance, type Decision, type DeviceRecord, type EpochMs } from './record.ts';
import { backedOff, nextDue } from './subscription-rules.ts';
/** Something that shows whether a device is logged in. `atMs`: when it was written, or received where it does not say so. */
export interface Word {
  readonly atMs: EpochMs;
  readonly nowMs: EpochMs;
}

/**
 * GeWe reported that the device was logged out: marks it offline. Nothing changes for one that is marked already, or that is known to have
 * been logged in since, by a later callback or because GeWe gave its list.
 */
export function wentOffline(record: DeviceRecord | undefined, { atMs, nowMs }: Word): Decision<boolean> {
  if (record?.subscription === undefined || record.offlineSinceMs !== undefined) return { outcome: false };
  const { rerun: _later, backAtMs, ...rest } = record;
  // GeWe may have begun to make the list, or written the message, a moment before: then the next report decides.
  if (atMs <= Math.max(backAtMs ?? 0, record.snapshot?.asOfMs ?? 0)) return { outcome: false };
  const subscription = backedOff(record.subscription, nowMs);
  return { next: advance(rest, { subscription, offlineSinceMs: atMs }), outcome: true };
}

/** A callback shows that the device is logged in: clears the mark, when it is later than the report of logging out. */
export function cameBack(record: DeviceRecord | undefined, { atMs, nowMs }: Word): Decision<boolean> {
  if (record?.subscription === undefined || !bringsBack(record, atMs)) return { outcome: false };
  const { offlineSinceMs: _over, ...rest } = record;
  const subscription = nextDue({ ...record.subscription, failures: 0 }, nowMs);
  return { next: advance(rest, { subscription, backAtMs: atMs }), outcome: true };
}

/**
 * Whether a callback of that time clears the offline mark. GeWe's times are whole seconds, so what was written in the second of logging out
 * counts as older: a return that is missed is made up for by the next callback, a wrong one by nothing.
 */
export function bringsBack({ offlineSinceMs }: DeviceRecord, atMs: EpochMs): boolean {
  return offlineSinceMs !== undefined && atMs > offlineSinceMs;
}
