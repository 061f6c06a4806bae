import { type Clock, type RecordStore, type RefreshArchive, StoreUnavailable } from './ports.ts';
import { type Decision, type DeviceRecord, endedBetween } from './record.ts';
import type { Telemetry } from './telemetry.ts';

/** So many writers may be quicker in a row; with jittered waits between, more means that something is wrong. */
const maxTries = 12;

/** Where a value is kept that changes by compare-and-set alone. */
export interface Cell<Value> {
  load(): Promise<Value | undefined>;
  /** False when what is stored is no longer `before`. */
  store(next: Value, before: Value | undefined): Promise<boolean>;
}

/**
 * Optimistic concurrency: loads a value, lets `decide` decide, and stores what it decided; decides again from what is stored
 * when another writer was first. `known`: the value, where it was just loaded. Returns what is stored then, and the decision.
 * Throws `StoreUnavailable`.
 */
export async function update<Value, Decided extends { readonly next?: Value }>(
  cell: Cell<Value>,
  clock: Pick<Clock, 'sleep'>,
  decide: (value: Value | undefined) => Decided | Promise<Decided>,
  known?: Value,
): Promise<{
  readonly value: Value | undefined;
  readonly before: Value | undefined;
  readonly decided: Decided;
}> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const before = tries === 1 && known !== undefined ? known : await cell.load();
    const decided = await decide(before);
    const { next } = decided;
    if (next === undefined) return { value: before, before, decided };
    if (await cell.store(next, before)) return { value: next, before, decided };
    await clock.sleep(Math.random() * 20 * tries);
  }
  throw new StoreUnavailable('other writers were quicker, again and again');
}

export interface UpdatePorts {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** Needed by decisions that archive. */
  readonly archive?: Pick<RefreshArchive, 'put'>;
  readonly telemetry?: Telemetry;
}

/** What came of an update: the record as it is stored now, and what the rule said. */
export interface Updated<Outcome> {
  readonly record: DeviceRecord | undefined;
  readonly outcome: Outcome;
}

/**
 * Changes the record of a device by a rule. The telemetry gets each refresh that this ends: whatever ends one passes
 * through a compare-and-set that only one writer can win. `known`: the record, where it was just loaded. Throws `StoreUnavailable`.
 */
export async function updateRecord<Outcome>(
  ports: UpdatePorts,
  deviceKey: string,
  rule: (record: DeviceRecord | undefined) => Decision<Outcome>,
  known?: DeviceRecord,
): Promise<Updated<Outcome>> {
  const cell: Cell<DeviceRecord> = {
    load: () => ports.records.load(deviceKey),
    store: (next) => ports.records.compareAndSet(deviceKey, next),
  };
  const decide = async (record: DeviceRecord | undefined) => {
    const decision = rule(record);
    const { next, archive } = decision;
    if (next && archive) await ports.archive?.put(deviceKey, next.rev, archive);
    return decision;
  };
  const { value, before, decided } = await update(cell, ports.clock, decide, known);
  const ended = before && decided.next && endedBetween(before, decided.next, decided.archive);
  if (ended) ports.telemetry?.ended(ended);
  return { record: value, outcome: decided.outcome };
}
