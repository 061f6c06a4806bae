import { dueShards } from '../device/policy.ts';
import {
  type Backlog,
  type DelayedMessage,
  type DueDevice,
  type DueState,
  type Ports,
  QueueUnavailable,
  type RefreshArchive,
  StoreUnavailable,
} from '../device/ports.ts';
import type { DueOutcome } from '../device/telemetry.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendWake, stepMessage } from './messages.ts';
import {
  type Bunching,
  busyUntilMs,
  type Capacity,
  expectedCallMs,
  postpone,
  roomMs,
  type ScheduleOutcome,
  startDue,
  unknownPace,
  unsent,
  wakeDelaysS,
  withDevice,
} from './schedule-rules.ts';

export type DuePorts = Pick<
  Ports,
  | 'records'
  | 'subscriptions'
  | 'queue'
  | 'scheduleQueue'
  | 'index'
  | 'clock'
  | 'policy'
  | 'newRefreshSuffix'
  | 'telemetry'
> &
  Pick<Bunching, 'phaseMs'> & {
    readonly archive: Pick<RefreshArchive, 'put'>;
    readonly capacity: Capacity;
  };

/** More of a shard than one run can begin in its time: the rest need not be looked up. */
const mostOfShard = 5_000;
/** Devices that are read, begun and sent together: two items each, and DynamoDB gives 100 at once. */
const groupSize = 50;

/** What a run has done so far. */
interface Done {
  /** Devices that were handled, whatever became of them. */
  taken: number;
  /** Messages that were put in line. */
  visible: number;
  delayed: number;
  readonly outcomes: Map<DueOutcome, number>;
  readonly faults: unknown[];
}

/**
 * The schedule's minute has come: begins the refreshes of the devices that are due, earliest first, as far as the list calls that are
 * allowed can work them off soon, and wakes runs of the worker for what is in line. The rest stays in the index for a later minute. A
 * device that cannot be read holds up no other. Throws what went wrong first, when all else has been done: `StoreUnavailable`,
 * `QueueUnavailable`, or what was thrown about one device.
 */
export async function startDueDevices(
  ports: DuePorts,
  signal: AbortSignal,
): Promise<{ readonly taken: number }> {
  const line = await ports.scheduleQueue.backlog();
  const due = await dueDevices(ports);
  const done: Done = { taken: 0, visible: 0, delayed: 0, outcomes: new Map(), faults: [] };
  await beginAll(due, line, done, ports, signal).catch((error: unknown) => done.faults.push(error));
  await wakeRuns(line, done, ports);
  if (done.taken < due.length) done.outcomes.set('deferred', due.length - done.taken);
  for (const [outcome, count] of done.outcomes) ports.telemetry?.due(outcome, count);
  const [fault] = done.faults;
  if (fault !== undefined) throw fault;
  return { taken: done.taken };
}

/** The keys of the devices that are due, earliest first. */
async function dueDevices({ index, clock }: DuePorts): Promise<readonly string[]> {
  const nowMs = clock.now();
  const shards = await Promise.all(
    Array.from({ length: dueShards }, (_, shard) => firstOf(index.dueBefore(nowMs, shard), mostOfShard)),
  );
  const earliestFirst = shards.flat().toSorted((one, other) => one.dueAtMs - other.dueAtMs);
  // One that moves in the index while it is read may be found twice.
  return [...new Set(earliestFirst.map(({ deviceKey }) => deviceKey))];
}

async function firstOf(found: AsyncIterable<DueDevice>, most: number): Promise<readonly DueDevice[]> {
  const first: DueDevice[] = [];
  for await (const device of found) if (first.push(device) >= most) break;
  return first;
}

async function beginAll(
  due: readonly string[],
  line: Backlog,
  done: Done,
  ports: DuePorts,
  signal: AbortSignal,
): Promise<void> {
  const { capacity, clock, phaseMs } = ports;
  let pace = unknownPace;
  let spentMs = 0;
  while (done.taken < due.length && !signal.aborted) {
    const group = due.slice(done.taken, done.taken + groupSize);
    const known = await ports.index.load(group);
    for (const deviceKey of group) pace = withDevice(pace, known.get(deviceKey)?.record);
    // What is begun now is as long as what is in line: one mean says enough of both.
    const leftMs = roomMs(line.visible + line.delayed, pace, capacity) - spentMs;
    const costsMs = group.map((deviceKey) => expectedCallMs(known.get(deviceKey)?.record, pace));
    const fitting = group.slice(0, countWithin(costsMs, leftMs));
    const work = { visible: line.visible, due: due.length };
    const busyMs = busyUntilMs(work, pace, capacity, clock.now());
    const isInLine = await startGroup(fitting, known, { phaseMs, busyUntilMs: busyMs }, done, ports);
    spentMs += costsMs.reduce((sum, costMs, index) => sum + (isInLine[index] ? costMs : 0), 0);
    done.taken += fitting.length;
    // When the store is gone, it is so for all: the next minute tries again.
    if (fitting.length < group.length || done.faults.some((fault) => fault instanceof StoreUnavailable))
      return;
  }
}

/** How many of them, from the first, add up to no more than that. */
function countWithin(costsMs: readonly number[], mostMs: number): number {
  let sumMs = 0;
  const first = costsMs.findIndex((costMs) => {
    sumMs += costMs;
    return sumMs > mostMs;
  });
  return first === -1 ? costsMs.length : first;
}

/** Begins what is due, and sends the messages. Says of each device whether a message of it is in line now. */
async function startGroup(
  group: readonly string[],
  known: ReadonlyMap<string, DueState>,
  bunching: Bunching,
  done: Done,
  ports: DuePorts,
): Promise<readonly boolean[]> {
  const messages = await Promise.all(
    group.map((deviceKey) =>
      startOne(deviceKey, known.get(deviceKey), bunching, done, ports).catch((error: unknown) => {
        done.faults.push(error);
        return undefined;
      }),
    ),
  );
  const outgoing = messages.filter((message) => message !== undefined);
  const unsentOnes = new Set(await ports.scheduleQueue.sendAll(outgoing));
  for (const message of outgoing) {
    if (unsentOnes.has(message)) continue;
    if (message.delayS === 0) done.visible += 1;
    else done.delayed += 1;
  }
  if (unsentOnes.size > 0) {
    done.faults.push(new QueueUnavailable(`${unsentOnes.size} refreshes were begun and could not be sent`));
    await Promise.all([...unsentOnes].map((message) => lookAgain(message, ports)));
  }
  return messages.map((message) => message !== undefined && !unsentOnes.has(message));
}

/** Begins the refresh of a device: the message to send, or undefined when there is none. */
async function startOne(
  deviceKey: string,
  state: DueState | undefined,
  bunching: Bunching,
  done: Done,
  ports: DuePorts,
): Promise<DelayedMessage | undefined> {
  const { clock, policy } = ports;
  const isWhole = state?.sealed !== undefined && state.sealed.suffix === state.record?.subscription?.suffix;
  // What does not fit together may have been read while it was being stored.
  const kept = isWhole ? state.sealed : await ports.subscriptions.load(deviceKey);
  const suffix = ports.newRefreshSuffix();
  const { outcome } = await updateRecord<ScheduleOutcome>(
    ports,
    deviceKey,
    (record) => {
      // The subscription is being stored or was deleted just now; or storing it was cut off, and its caller got an error.
      if (kept === undefined || record?.subscription?.suffix !== kept.suffix)
        return postpone(record, clock.now());
      return startDue(record, { nowMs: clock.now(), suffix, ...bunching }, policy);
    },
    isWhole ? state.record : undefined,
  );
  if (outcome.kind === 'not-due' || kept === undefined) return undefined;
  done.outcomes.set(outcome.kind, (done.outcomes.get(outcome.kind) ?? 0) + 1);
  const step = outcome.kind === 'recent' ? undefined : outcome.send;
  return step && stepMessage(deviceKey, kept.sealed, step);
}

/** Best effort: without it the device is looked at again some time later. */
async function lookAgain({ message }: DelayedMessage, ports: DuePorts): Promise<void> {
  if (message.kind !== 'step') return;
  await updateRecord(ports, message.deviceKey, (record) => unsent(record, message, ports.clock.now())).catch(
    () => undefined,
  );
}

async function wakeRuns(line: Backlog, done: Done, ports: DuePorts): Promise<void> {
  const waiting = {
    ...line,
    visible: line.visible + done.visible,
    delayed: line.delayed + done.delayed,
  };
  const delays = wakeDelaysS(waiting, ports.capacity, ports.clock.now(), ports.phaseMs);
  await Promise.all(delays.map((delayS) => sendWake(ports.queue, delayS))).catch((error: unknown) =>
    done.faults.push(error),
  );
}
