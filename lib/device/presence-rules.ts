import { advance, type Decision, type DeviceRecord, type EpochMs } from './record.ts';
import { backedOff, nextDue } from './subscription-rules.ts';
/** A word about the device. `atMs`: when it was written, or received where it does not say so. */
export interface Word {
  readonly atMs: EpochMs;
  readonly nowMs: EpochMs;
}

/**
 * GeWe said that the device was logged out. Nothing new for one that is known to be, and old news for one that is known
 * to have been logged in since: by the word that brought it back, or because GeWe gave its list.
 */
export function wentOffline(record: DeviceRecord | undefined, { atMs, nowMs }: Word): Decision<boolean> {
  if (record?.subscription === undefined || record.offlineSinceMs !== undefined) return { outcome: false };
  const { rerun: _later, backAtMs, ...rest } = record;
  // GeWe may have begun to make the list, or written the message, a moment before: then the next word tells.
  if (atMs <= Math.max(backAtMs ?? 0, record.snapshot?.asOfMs ?? 0)) return { outcome: false };
  const subscription = backedOff(record.subscription, nowMs);
  return { next: advance(rest, { subscription, offlineSinceMs: atMs }), outcome: true };
}

/** The device was heard of. It is logged in again when that is later than its going. */
export function cameBack(record: DeviceRecord | undefined, { atMs, nowMs }: Word): Decision<boolean> {
  if (record?.subscription === undefined || !bringsBack(record, atMs)) return { outcome: false };
  const { offlineSinceMs: _over, ...rest } = record;
  const subscription = nextDue({ ...record.subscription, failures: 0 }, nowMs);
  return { next: advance(rest, { subscription, backAtMs: atMs }), outcome: true };
}

/**
 * Whether a word of that time brings back a device that is offline. GeWe tells whole seconds, so what was written in the
 * second of the going counts as older: the next word makes up for a return that was missed, and nothing for a wrong one.
 */
export function bringsBack({ offlineSinceMs }: DeviceRecord, atMs: EpochMs): boolean {
  return offlineSinceMs !== undefined && atMs > offlineSinceMs;
}
