import type { Ports } from '../device/ports.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendErase } from './messages.ts';
import { erase } from './refresh-rules.ts';

export type ErasePorts = Pick<Ports, 'records' | 'eraser' | 'queue' | 'clock'>;

/** A worker that had lost its lease when the device was erased has ended by then; SQS delays no longer. */
const onceMoreAfterS = 900;

/**
 * Erases everything kept for a device: a tombstone takes the record's place, all else is deleted, and once more
 * later what a late worker may have written. Erasing nothing is a success.
 * Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function eraseDevice(deviceKey: string, ports: ErasePorts): Promise<void> {
  const { outcome: rev } = await updateRecord(ports, deviceKey, (record) => erase(record, ports.clock.now()));
  if (rev === undefined) return;
  await sendErase(ports.queue, deviceKey, rev, onceMoreAfterS);
  await ports.eraser.erase(deviceKey, rev);
}
