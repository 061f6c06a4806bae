import { type Clock, type RecordStore, type RefreshArchive, StoreUnavailable } from './ports.ts';
import type { Decision, DeviceRecord } from './record.ts';
import { endedBetween } from './record.ts';
import type { Telemetry } from './telemetry.ts';

/** So many callers may be quicker in a row; with jittered waits between, more means that something is wrong. */
const maxTries = 12;

export interface UpdatePorts {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** Needed by decisions that archive. */
  readonly archive?: RefreshArchive;
  readonly telemetry?: Telemetry;
}

/**
 * Loads the record, lets `decide` decide, and stores what it decided by compare-and-swap; decides again from what
 * is stored when somebody else was first. The telemetry is told of the refresh that this ended: whatever ends one passes
 * through a swap that only one can win. Throws `StoreUnavailable`.
 */
export async function updateRecord<Outcome>(
  ports: UpdatePorts,
  deviceKey: string,
  decide: (record: DeviceRecord | undefined) => Decision<Outcome>,
): Promise<Outcome> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const record = await ports.records.load(deviceKey);
    const { next, archive, outcome } = decide(record);
    if (next === undefined) return outcome;
    if (archive) await ports.archive?.put(deviceKey, next.rev, archive);
    if (await ports.records.compareAndSet(deviceKey, next)) {
      const ended = record && endedBetween(record, next, archive);
      if (ended) ports.telemetry?.ended(ended);
      return outcome;
    }
    await ports.clock.sleep(Math.random() * 20 * tries);
  }
  throw new StoreUnavailable('the device record changes too often to be swapped');
}
