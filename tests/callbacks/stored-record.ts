import { type Contacts, countsOf, digestOf } from '../../lib/device/contacts.ts';
import type { RecordStore, SnapshotStore } from '../../lib/device/ports.ts';
import type { DeviceRecord } from '../../lib/device/record.ts';

/** Stores the record, and a list with it where one is given, as if a refresh had brought it. */
export async function storeRecord(
  deviceKey: string,
  record: DeviceRecord,
  contacts: Contacts | undefined,
  { records, snapshots }: { readonly records: RecordStore; readonly snapshots: SnapshotStore },
): Promise<void> {
  if (contacts === undefined) {
    await records.compareAndSet(deviceKey, record);
    return;
  }
  const written = await snapshots.write(deviceKey, 'A', record.rev, contacts);
  const partDigests = typeof written === 'string' ? [] : written;
  const named = {
    digest: digestOf(contacts),
    partDigests,
    counts: countsOf(contacts),
  };
  const snapshot = { slot: 'A', ...named, asOfMs: 1, receivedAtMs: 1, changedAtMs: 1 } as const;
  await records.compareAndSet(deviceKey, { ...record, snapshot });
}
