import { expect, it } from 'vitest';
import { createDueIndex } from '../lib/aws/dynamodb/due-index.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createBulkArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { defaultPolicy as policy } from '../lib/device/policy.test-data.ts';
import type { DelayedMessage } from '../lib/device/ports.ts';
import { updateRecord } from '../lib/device/update-record.ts';
import { claim, settle } from '../lib/refresh/refresh-rules.ts';
import { startDueDevices } from '../lib/refresh/start-due.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { useLocalTable } from './support/local-table.ts';

const local = useLocalTable();
const minuteMs = 60_000;
const everyMs = 60 * minuteMs;
const devices = 50;

/**
 * Requests and capacity units, by operation. dynalite does not count what an index writes: two units when an item moves in it, none
 * when its keys stay as they are (developer guide, "Write capacity" of global secondary indexes).
 */
class Bill {
  readonly #dueAt = new Map<string, string>();
  readonly requests: Record<string, number> = {};
  readonly units: Record<string, number> = {};

  /** What was spent since it was asked for last. */
  take() {
    const spent = { requests: { ...this.requests }, units: { ...this.units } };
    for (const each of [this.requests, this.units]) for (const name of Object.keys(each)) delete each[name];
    return spent;
  }

  readonly table = () => {
    const table = local.open(async ({ operation, send }) => {
      const { ConsumedCapacity: consumed } = Object(await send());
      for (const { CapacityUnits: units } of [consumed].flat()) {
        this.units[operation] = (this.units[operation] ?? 0) + Number(units);
      }
      this.requests[operation] = (this.requests[operation] ?? 0) + 1;
    });
    table.client.middlewareStack.add(
      (next, context) => async (args) => {
        const { Item: item } = Object(args.input);
        const dueAt = item?.dueAtEpochS?.N;
        if (context.commandName === 'PutItemCommand' && dueAt !== undefined) {
          if (this.#dueAt.get(item.pk.S) !== dueAt) this.units.index = (this.units.index ?? 0) + 2;
          this.#dueAt.set(item.pk.S, dueAt);
        }
        return next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      },
      { step: 'initialize' },
    );
    return table;
  };
}

it('a scheduled refresh of an hourly device that changes nothing writes six units, the index included', async () => {
  const bill = new Bill();
  const table = bill.table();
  const records = createRecordStore(table, newNonce);
  const subscriptions = createSubscriptionStore(table);
  let nowMs = 1_750_000_000_000;
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const counts = { friends: 1, chatrooms: 0, ghs: 0 };
  const keys = Array.from(
    { length: devices },
    (_, index) => `${String(index).padStart(3, '0')}${'k'.repeat(40)}`,
  );
  for (const key of keys) {
    const anchorMs = nowMs - everyMs;
    const times = { createdAtMs: anchorMs, startedAtMs: anchorMs, endedAtMs: anchorMs + 20_000 };
    await records.compareAndSet(key, {
      rev: 1,
      superseded: {},
      snapshot: {
        slot: 'A',
        digest: 'd'.repeat(43),
        partDigests: ['p'.repeat(22)],
        counts,
        asOfMs: anchorMs,
        receivedAtMs: anchorMs,
        changedAtMs: anchorMs,
      },
      refresh: {
        id: `0000001-${'a'.repeat(16)}`,
        trigger: 'schedule',
        attempt: 1,
        status: 'succeeded',
        result: { counts, added: 0, removed: 0 },
        ...times,
      },
      subscription: {
        suffix: 'subscrib',
        createdAtMs: anchorMs,
        everyMs,
        anchorMs,
        onCallbacks: false,
        failures: 0,
        dueAtMs: nowMs,
      },
    });
    await subscriptions.put(key, 1, { suffix: 'subscrib', sealed: 's'.repeat(600) });
  }
  bill.take();

  const sent: DelayedMessage[] = [];
  const ports = {
    records,
    archive: createBulkArchive(table),
    subscriptions,
    index: createDueIndex(table),
    queue: { send: async () => undefined },
    scheduleQueue: {
      send: async () => undefined,
      sendAll: async (messages: readonly DelayedMessage[]) => {
        sent.push(...messages);
        return [];
      },
      backlog: async () => ({ visible: 0, delayed: 0, inFlight: 0 }),
    },
    clock,
    policy,
    newRefreshSuffix,
    capacity: { runs: 2, callsPerRun: 50 },
    phaseMs: 0,
  };
  await startDueDevices(ports, new AbortController().signal);
  const started = bill.take();
  expect(started.requests).toEqual({ Query: 4, BatchGetItem: 1, BatchWriteItem: 2, PutItem: devices });
  // Half a unit for each of two items; the record, which moves in the index; the refresh that leaves the record.
  expect(started.units).toMatchObject({
    BatchGetItem: devices,
    PutItem: devices,
    index: 2 * devices,
    BatchWriteItem: devices,
  });

  nowMs += 10 * minuteMs;
  for (const { message } of sent) {
    if (message.kind !== 'step') continue;
    const { deviceKey } = message;
    const owner = 'owner';
    await updateRecord({ records, clock }, deviceKey, (record) =>
      claim(record, message, { owner, nowMs }, policy),
    );
    await updateRecord({ records, clock }, deviceKey, (record) =>
      settle(record, { ...message, owner }, { kind: 'unchanged', work: 'list' }, nowMs + 20_000, policy),
    );
  }
  const worked = bill.take();
  expect(worked.requests).toEqual({ GetItem: 2 * devices, PutItem: 2 * devices });
  expect(worked.units).toEqual({ GetItem: 2 * devices, PutItem: 2 * devices });
});
