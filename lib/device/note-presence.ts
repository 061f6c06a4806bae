import type { Clock, RecordStore } from './ports.ts';
import { cameBack, wentOffline } from './presence-rules.ts';
import type { EpochMs } from './record.ts';
import { updateRecord } from './update-record.ts';

/**
 * A callback says that a subscribed device was logged out, or shows that it was logged in, at `atMs`. True when that is new.
 * Throws `StoreUnavailable`.
 */
export function notePresence(
  deviceKey: string,
  presence: 'offline' | 'online',
  atMs: EpochMs,
  ports: { readonly records: RecordStore; readonly clock: Clock },
): Promise<boolean> {
  const decide = presence === 'offline' ? wentOffline : cameBack;
  return updateRecord(ports, deviceKey, (record) => decide(record, { atMs, nowMs: ports.clock.now() }));
}
