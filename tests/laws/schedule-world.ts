import { createHash } from 'node:crypto';
import { createAcceptedTokens } from '../../lib/aws/dynamodb/accepted-tokens.ts';
import { createChangeStore } from '../../lib/aws/dynamodb/change-store.ts';
import { createDueIndex } from '../../lib/aws/dynamodb/due-index.ts';
import { createEraser } from '../../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createBulkArchive, createRefreshArchive } from '../../lib/aws/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../../lib/aws/dynamodb/subscription-store.ts';
import { countsOf, digestOf } from '../../lib/device/contacts.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import type { MessageHandle, RefreshMessage, ScheduleQueue, UpstreamAnswer } from '../../lib/device/ports.ts';
import type { DeviceRecord, EpochMs } from '../../lib/device/record.ts';
import { silentTelemetry } from '../../lib/device/telemetry.test-data.ts';
import type { DueOutcome } from '../../lib/device/telemetry.ts';
import { type FetchPorts, fetchContacts } from '../../lib/refresh/run-step.ts';
import type { Capacity } from '../../lib/refresh/schedule-rules.ts';
import { startDueDevices } from '../../lib/refresh/start-due.ts';
import { newNonce, newRefreshSuffix } from '../../lib/system/random.ts';
import { createMemoryTable } from '../support/memory-dynamodb.ts';
import { VirtualClock } from './virtual-clock.ts';

const minuteMs = 60_000;
/** Of every device: what is promised is promised of a period. */
export const everyMs = 60 * minuteMs;
/** Of each request of start-due to DynamoDB. */
const latencyMs = 5;
/** As long as start-due goes on (`functions/start-due.ts`). */
const scheduleRunMs = 47_000;
/** A run of the worker lives for 900 s, and takes no message that it may have no time for. */
const runLifeMs = 897_000;
const leastBudgetMs = policy.listTimeoutMs + 15_000;
/** Where the times lie that refreshes begin at together. */
export const phaseMs = 100_000;
/** The schedule's rule is not at a whole minute. */
const ruleMs = 17_000;

const contacts = { friends: ['wxid_1', 'wxid_2'], chatrooms: ['1@chatroom'], ghs: ['gh_1'] };

/** A device, as GeWe sees it. */
export interface SimulatedDevice {
  readonly deviceKey: string;
  readonly dueAtMs: EpochMs;
  /** How long its list calls take. */
  readonly callMs: number;
  /** GeWe answers its first list call with an error, which a retry fixes. */
  readonly failsFirst: boolean;
  /** When each of its list calls began. */
  readonly begunAtMs: EpochMs[];
}

/**
 * Many devices with a schedule of an hour, on the real rules and stores: their records in DynamoDB's double, queues with delays, runs of
 * the worker that are woken and hold so many list calls each, and a GeWe that takes its time. Only time is made up.
 */
export class ScheduleWorld {
  readonly clock = new VirtualClock();
  readonly table = createMemoryTable();
  readonly devices: readonly SimulatedDevice[];
  readonly outcomes = new Map<DueOutcome, number>();
  /** List calls that are open at GeWe, and the most that ever were. */
  openCalls = 0;
  mostOpenCalls = 0;
  /** For how long runs of the worker were paid. */
  paidMs = 0;
  readonly #capacity: Capacity;
  readonly #byKey: ReadonlyMap<string, SimulatedDevice>;
  readonly #visible: RefreshMessage[] = [];
  #delayed = 0;
  readonly #runs = new Set<WorkerRun>();
  #inFlight = 0;
  readonly #workersTable = this.table.open();

  /** `dueAtMs`: of the device of that number. */
  private constructor(count: number, capacity: Capacity, dueAfterMs: (index: number) => number) {
    this.#capacity = capacity;
    this.devices = Array.from({ length: count }, (_, index) => ({
      deviceKey: createHash('sha256').update(`device ${index}`).digest('base64url'),
      dueAtMs: this.clock.now() + dueAfterMs(index),
      callMs: 10_000 + ((index * 7_919) % 20_001),
      failsFirst: index % 200 === 7,
      begunAtMs: [],
    }));
    this.#byKey = new Map(this.devices.map((device) => [device.deviceKey, device]));
  }

  /** Devices that were refreshed an hour ago, some of them never. */
  static async create(
    count: number,
    capacity: Capacity,
    dueAfterMs: (index: number) => number,
  ): Promise<ScheduleWorld> {
    const world = new ScheduleWorld(count, capacity, dueAfterMs);
    const stored = world.table.open();
    const records = createRecordStore(stored, newNonce);
    const subscriptions = createSubscriptionStore(stored);
    for (const [index, device] of world.devices.entries()) {
      const { deviceKey } = device;
      await records.compareAndSet(deviceKey, recordOf(device, index % 100 === 0));
      await subscriptions.put(deviceKey, 1, { suffix: 'subscrib', sealed: deviceKey });
    }
    return world;
  }

  /** Lets so many minutes pass; the schedule looks once in each. */
  async pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      const looksAtMs = this.clock.now() + ruleMs;
      await this.clock.runUntil(looksAtMs);
      const time = new AbortController();
      this.clock.at(looksAtMs + scheduleRunMs, () => time.abort());
      void startDueDevices(this.#duePorts(), time.signal);
      await this.clock.runUntil(looksAtMs + minuteMs - ruleMs);
    }
  }

  /** Messages in line. */
  get inLine(): number {
    return this.#visible.length + this.#delayed;
  }

  #duePorts() {
    const table = this.table.open(() => this.clock.sleep(latencyMs));
    return {
      records: createRecordStore(table, newNonce),
      archive: createBulkArchive(table),
      subscriptions: createSubscriptionStore(table),
      index: createDueIndex(table),
      queue: { send: async (_wake: RefreshMessage, delayS: number) => this.#wakeAfter(delayS) },
      scheduleQueue: this.#scheduleQueue,
      capacity: this.#capacity,
      phaseMs,
      clock: this.clock,
      policy,
      newRefreshSuffix,
      telemetry: {
        ...silentTelemetry,
        due: (outcome: DueOutcome, count = 1) =>
          void this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + count),
      },
    };
  }

  get #scheduleQueue(): ScheduleQueue {
    return {
      send: async (message, delayS) => this.#putInLine(message, delayS),
      sendAll: async (messages) => {
        for (const { message, delayS } of messages) this.#putInLine(message, delayS);
        return [];
      },
      backlog: async () => ({
        visible: this.#visible.length,
        delayed: this.#delayed,
        inFlight: this.#inFlight,
      }),
    };
  }

  #putInLine(message: RefreshMessage, delayS: number): void {
    this.#delayed += 1;
    this.clock.at(this.clock.now() + delayS * 1000, () => {
      this.#delayed -= 1;
      this.#visible.push(message);
      // A run with free slots looks for messages all the time.
      for (const run of this.#runs) this.#fill(run);
    });
  }

  #wakeAfter(delayS: number): void {
    this.clock.at(this.clock.now() + delayS * 1000, () => this.#wake());
  }

  /** A run with free slots takes the message; else it starts one, where there may be another. */
  #wake(): void {
    const { runs, callsPerRun } = this.#capacity;
    const isTaken = [...this.#runs].some(
      (run) => run.open < callsPerRun && this.clock.now() < run.takesUntilMs,
    );
    // Where all are full, it is lost: the schedule sees what waits in the next minute.
    if (isTaken || this.#runs.size >= runs) return;
    const nowMs = this.clock.now();
    const run = { startedAtMs: nowMs, takesUntilMs: nowMs + runLifeMs - leastBudgetMs, open: 0 };
    this.#runs.add(run);
    this.#fill(run);
    this.#endIfIdle(run);
  }

  #fill(run: WorkerRun): void {
    while (run.open < this.#capacity.callsPerRun && this.clock.now() < run.takesUntilMs) {
      const message = this.#visible.shift();
      if (message === undefined) return;
      run.open += 1;
      this.#inFlight += 1;
      void this.#handle(message, run).finally(() => {
        run.open -= 1;
        this.#inFlight -= 1;
        this.#fill(run);
        this.#endIfIdle(run);
      });
    }
  }

  #endIfIdle(run: WorkerRun): void {
    if (run.open > 0 || !this.#runs.delete(run)) return;
    this.paidMs += this.clock.now() - run.startedAtMs;
    // One that has run out of time wakes another one.
    if (this.clock.now() >= run.takesUntilMs) this.#wake();
  }

  async #handle(message: RefreshMessage, run: WorkerRun): Promise<void> {
    let hiddenS = 0;
    const handle: MessageHandle = {
      extendVisibility: async (seconds) => {
        hiddenS = seconds;
      },
    };
    const budgetMs = run.startedAtMs + runLifeMs - this.clock.now();
    const { signal } = new AbortController();
    const result = await fetchContacts(message, handle, this.#workerPorts(), {
      budgetMs,
      signal,
      isFull: false,
      receives: 1,
    });
    if (result.kind === 'retryLater') this.#putInLine(message, hiddenS);
  }

  #workerPorts(): FetchPorts {
    const table = this.#workersTable;
    return {
      records: createRecordStore(table, newNonce),
      snapshots: createSnapshotStore(table),
      changes: createChangeStore(table, this.clock),
      eraser: createEraser(table),
      archive: createRefreshArchive(table, this.clock),
      subscriptions: createSubscriptionStore(table),
      tokens: createAcceptedTokens(table, this.clock),
      queue: this.#scheduleQueue,
      scheduleQueue: this.#scheduleQueue,
      events: { publish: async () => undefined },
      opener: { open: async (sealed) => ({ token: 'token', appId: sealed }) },
      resealer: { reseal: async () => undefined },
      upstream: {
        fetchList: ({ appId }) => this.#call(appId),
        fetchCached: async () => ({ kind: 'empty' }),
      },
      clock: this.clock,
      policy,
      newOwner: newNonce,
      newRefreshSuffix,
    };
  }

  async #call(deviceKey: string): Promise<UpstreamAnswer> {
    const device = this.#byKey.get(deviceKey);
    if (device === undefined) throw new Error('a list of no device was asked for');
    device.begunAtMs.push(this.clock.now());
    this.openCalls += 1;
    this.mostOpenCalls = Math.max(this.mostOpenCalls, this.openCalls);
    await this.clock.sleep(device.callMs);
    this.openCalls -= 1;
    const isTransient = device.failsFirst && device.begunAtMs.length === 1;
    if (isTransient) return { kind: 'failure', class: 'upstream-error', mayStillRun: false };
    return { kind: 'list', contacts };
  }
}

interface WorkerRun {
  readonly startedAtMs: EpochMs;
  readonly takesUntilMs: EpochMs;
  open: number;
}

function recordOf({ dueAtMs, callMs }: SimulatedDevice, isNew: boolean): DeviceRecord {
  const anchorMs = dueAtMs - everyMs;
  const subscription = {
    suffix: 'subscrib',
    createdAtMs: anchorMs,
    everyMs,
    anchorMs,
    onCallbacks: false,
    failures: 0,
    dueAtMs,
  };
  if (isNew) return { rev: 1, superseded: {}, subscription };
  const endedAtMs = anchorMs + callMs;
  const counts = countsOf(contacts);
  return {
    rev: 1,
    superseded: {},
    subscription,
    snapshot: {
      slot: 'A',
      digest: digestOf(contacts),
      partDigests: ['part'],
      counts,
      asOfMs: anchorMs,
      receivedAtMs: endedAtMs,
      changedAtMs: anchorMs,
    },
    refresh: {
      id: '0000001-aaaaaaaaaaaaaaaa',
      trigger: 'schedule',
      status: 'succeeded',
      createdAtMs: anchorMs,
      startedAtMs: anchorMs,
      endedAtMs,
      attempt: 1,
      result: { counts, added: 0, removed: 0 },
    },
  };
}
