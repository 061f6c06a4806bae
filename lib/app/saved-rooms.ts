import { type RecordStore, type SnapshotStore, StoreUnavailable } from '../domain/ports.ts';
import type { DeviceRecord } from '../domain/record.ts';
import { unpackBody } from '../domain/snapshot-body.ts';

/** Says which rooms are in the stored list of a device. Throws `StoreUnavailable`. */
export type SavedRooms = (deviceKey: string, record: DeviceRecord) => Promise<ReadonlySet<string>>;

/** Lists kept in the process, each a few hundred ids. */
const maxKept = 100;
/** A slot is rewritten at most once a refresh: a reader that met that once finds the new list at once. */
const maxTries = 4;

/** Reads a list once for all callbacks that come while it is current. */
export function createSavedRooms(ports: {
  readonly records: RecordStore;
  readonly snapshots: SnapshotStore;
}): SavedRooms {
  const kept = new Map<string, ReadonlySet<string>>();
  return async (deviceKey, record) => {
    let { snapshot } = record;
    for (let tries = 1; tries <= maxTries; tries += 1) {
      if (snapshot === undefined) return new Set();
      const name = `${deviceKey} ${snapshot.digest}`;
      const known = kept.get(name);
      if (known) return known;
      const gzip = await ports.snapshots.read(deviceKey, snapshot);
      if (gzip) {
        const rooms = new Set(unpackBody(gzip).chatrooms);
        if (kept.size >= maxKept) kept.clear();
        kept.set(name, rooms);
        return rooms;
      }
      snapshot = (await ports.records.load(deviceKey))?.snapshot;
    }
    throw new StoreUnavailable('the parts of the stored list do not agree with its record');
  };
}
