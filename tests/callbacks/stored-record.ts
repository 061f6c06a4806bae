import { type Contacts, countsOf, digestOf } from '../../lib/domain/contacts.ts';
import type { RecordStore, SnapshotStore } from '../../lib/domain/ports.ts';
import type { DeviceRecord } from '../../lib/domain/record.ts';
import { packBody } from '../../lib/domain/snapshot-body.ts';
import { partDigestOf, splitIntoParts } from '../../lib/domain/snapshot-parts.ts';

/** Stores the record, and a list with it where one is given, as if a refresh had brought it. */
export async function storeRecord(
  deviceKey: string,
  record: DeviceRecord,
  contacts: Contacts | undefined,
  { records, snapshots }: { readonly records: RecordStore; readonly snapshots: SnapshotStore },
): Promise<void> {
  if (contacts === undefined) {
    await records.swap(deviceKey, record);
    return;
  }
  const parts = splitIntoParts(packBody(contacts));
  await snapshots.write(deviceKey, 'A', record.rev, parts);
  const named = {
    digest: digestOf(contacts),
    partDigests: parts.map(partDigestOf),
    counts: countsOf(contacts),
  };
  const snapshot = { slot: 'A', ...named, asOfMs: 1, receivedAtMs: 1, changedAtMs: 1 } as const;
  await records.swap(deviceKey, { ...record, snapshot });
}
