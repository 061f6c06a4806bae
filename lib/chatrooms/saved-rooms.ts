import { BoundedMap } from '../device/bounded-map.ts';
import type { RecordStore, SnapshotStore } from '../device/ports.ts';
import type { DeviceRecord } from '../device/record.ts';
import { readSnapshot } from '../refresh/read.ts';

/** Says which rooms are in the stored list of a device. Throws `StoreUnavailable`. */
export type SavedRooms = (deviceKey: string, record: DeviceRecord) => Promise<ReadonlySet<string>>;

/** Lists kept in the process, each a few hundred ids. */
const maxKept = 100;

/** Reads a list once for all callbacks that come while it is current. */
export function createSavedRooms(ports: {
  readonly records: RecordStore;
  readonly snapshots: SnapshotStore;
}): SavedRooms {
  const kept = new BoundedMap<ReadonlySet<string>>(maxKept);
  return async (deviceKey, record) => {
    const nameOf = (digest: string) => `${deviceKey} ${digest}`;
    const stored = await readSnapshot(
      deviceKey,
      ports.records,
      async (snapshot) =>
        kept.get(nameOf(snapshot.digest)) ?? roomsOf(await ports.snapshots.read(deviceKey, snapshot)),
      record,
    );
    if (stored === undefined) return new Set();
    kept.set(nameOf(stored.snapshot.digest), stored.content);
    return stored.content;
  };
}

function roomsOf(
  contacts: { readonly chatrooms: readonly string[] } | undefined,
): ReadonlySet<string> | undefined {
  return contacts && new Set(contacts.chatrooms);
}
