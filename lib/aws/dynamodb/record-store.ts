import * as v from 'valibot';
import { failureClasses } from '../../device/failures.ts';
import type { RecordStore } from '../../device/ports.ts';
import {
  type DeviceRecord,
  type EndedRefresh,
  type EpochMs,
  type OpenRefresh,
  triggers,
} from '../../device/record.ts';
import { dueShardOf } from '../../refresh/schedule-rules.ts';
import { attributesOf, decoded, integer } from './stored.ts';
import { expiringAt, getItem, type Item, numberOf, putRevision, type Table } from './table.ts';

export const recordSk = 'DEVICE';

/** How long a tombstone outlives the device: longer than anything that was under way when it was erased. */
export const tombstoneRetentionMs = 2 * 24 * 3_600_000;

/**
 * The device records: the attributes are those of `DeviceRecord`, and `nonce` (S, of the write). An item stays within one write
 * unit (1 KB). `newNonce`: a text that no other write has. `load` throws `Undecodable` on an item of another form.
 */
export function createRecordStore(table: Table, newNonce: () => string): RecordStore {
  return {
    async load(deviceKey) {
      const item = await getItem(table, deviceKey, recordSk, 'strong');
      return item && recordOf(item);
    },

    compareAndSet(deviceKey, next) {
      const write = { rev: next.rev, nonce: newNonce() };
      return putRevision(table, deviceKey, recordSk, itemOf(deviceKey, next), write);
    },
  };
}

/** Throws `Undecodable`. */
export function recordOf(item: Item): DeviceRecord {
  return decoded(deviceRecord, item, 'record');
}

function itemOf(deviceKey: string, record: DeviceRecord): Item {
  const { erasedAtMs, subscription } = record;
  return {
    ...attributesOf(record),
    ...(subscription?.dueAtMs !== undefined && dueAttributes(deviceKey, subscription.dueAtMs)),
    ...(erasedAtMs !== undefined && expiringAt(erasedAtMs + tombstoneRetentionMs)),
  };
}

/** What puts a device record into the index of due devices. */
function dueAttributes(deviceKey: string, dueAtMs: EpochMs): Item {
  return {
    dueShard: { S: duePartitionOf(dueShardOf(deviceKey)) },
    dueAtEpochS: numberOf(Math.ceil(dueAtMs / 1000)),
  };
}

/** The partition of a shard of the index. */
export function duePartitionOf(shard: number): string {
  return `DUE#${shard}`;
}

const counts = v.object({ friends: integer, chatrooms: integer, ghs: integer });

const refreshBase = {
  id: v.string(),
  trigger: v.picklist(triggers),
  createdAtMs: integer,
  startedAtMs: v.exactOptional(integer),
  attempt: integer,
  error: v.exactOptional(v.picklist(failureClasses)),
};

const openRefresh: v.GenericSchema<unknown, OpenRefresh> = v.object({
  ...refreshBase,
  status: v.picklist(['queued', 'running']),
  deadlineAtMs: integer,
  step: integer,
  notBeforeMs: integer,
  sentAtMs: integer,
  lease: v.exactOptional(v.object({ owner: v.string(), untilMs: integer })),
  retries: integer,
  confirming: v.exactOptional(v.boolean()),
});

export const endedRefresh: v.GenericSchema<unknown, EndedRefresh> = v.object({
  ...refreshBase,
  status: v.picklist(['succeeded', 'failed']),
  endedAtMs: integer,
  result: v.exactOptional(v.object({ counts, added: integer, removed: integer })),
});

const pending = { refreshId: v.string(), rev: integer, atMs: integer };

const deviceRecord: v.GenericSchema<unknown, DeviceRecord> = v.object({
  rev: integer,
  snapshot: v.exactOptional(
    v.object({
      slot: v.picklist(['A', 'B']),
      digest: v.string(),
      partDigests: v.array(v.string()),
      counts,
      asOfMs: integer,
      receivedAtMs: integer,
      changedAtMs: integer,
    }),
  ),
  call: v.exactOptional(v.object({ startedAtMs: integer, mayRunUntilMs: integer, oldestMs: integer })),
  refresh: v.exactOptional(v.union([openRefresh, endedRefresh])),
  expectedMs: v.exactOptional(integer),
  superseded: v.record(v.string(), integer),
  subscription: v.exactOptional(
    v.object({
      suffix: v.string(),
      createdAtMs: integer,
      everyMs: v.exactOptional(integer),
      anchorMs: integer,
      onCallbacks: v.boolean(),
      failures: integer,
      dueAtMs: v.exactOptional(integer),
      stopped: v.exactOptional(v.boolean()),
    }),
  ),
  rerun: v.exactOptional(
    v.object({
      notBeforeMs: integer,
      sentAtMs: v.exactOptional(integer),
      trigger: v.picklist(triggers),
      isCovered: v.exactOptional(v.boolean()),
    }),
  ),
  pending: v.exactOptional(
    v.array(
      v.variant('kind', [
        v.object({
          ...pending,
          kind: v.literal('changed'),
          from: v.exactOptional(v.string()),
          added: integer,
          removed: integer,
        }),
        v.object({ ...pending, kind: v.literal('failed'), error: v.picklist(failureClasses) }),
      ]),
    ),
  ),
  offlineSinceMs: v.exactOptional(integer),
  backAtMs: v.exactOptional(integer),
  erasedAtMs: v.exactOptional(integer),
});
