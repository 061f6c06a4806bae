import type { RecordStore } from '../../device/ports.ts';
import type { DeviceRecord } from '../../device/record.ts';
import { dueAttributes } from './due-index.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { asRev } from './stored-json.ts';
import { type Condition, getItem, type Item, putItem, type Table, ttlAttribute } from './table.ts';

export const recordSk = 'DEVICE';

/** How long a tombstone outlives the device: longer than anything that was under way when it was erased. */
const tombstoneRetentionMs = 2 * 24 * 3_600_000;

/**
 * The device records: `rev` (N), `content` (S, see `record-codec.ts`), `nonce` (S, of the write).
 * `newNonce`: a text that no other write has. `load` throws `Undecodable` on content of an unknown form.
 */
export function createRecordStore(table: Table, newNonce: () => string): RecordStore {
  return {
    async load(deviceKey) {
      const item = await getItem(table, deviceKey, recordSk, 'strong');
      return item && decodeRecord(asRev(item.rev?.N, 'record.rev'), item.content?.S);
    },

    async compareAndSet(deviceKey, next) {
      const nonce = newNonce();
      const stored = await putItem(
        table,
        deviceKey,
        recordSk,
        itemOf(deviceKey, next, nonce),
        expected(next.rev - 1),
      );
      if (stored) return true;
      // The put that was refused may be the SDK's second, over my own first one whose answer was lost.
      const item = await getItem(table, deviceKey, recordSk, 'strong');
      return item?.nonce?.S === nonce;
    },
  };
}

function expected(rev: number): Condition {
  if (rev === 0) return { expression: 'attribute_not_exists(pk)', values: {} };
  return { expression: 'rev = :expected', values: { ':expected': { N: String(rev) } } };
}

function itemOf(deviceKey: string, record: DeviceRecord, nonce: string): Item {
  const { erasedAtMs, subscription } = record;
  return {
    rev: { N: String(record.rev) },
    content: { S: encodeRecord(record) },
    nonce: { S: nonce },
    ...(subscription?.dueAtMs !== undefined && dueAttributes(deviceKey, subscription.dueAtMs)),
    ...(erasedAtMs !== undefined && {
      [ttlAttribute]: { N: String(Math.ceil((erasedAtMs + tombstoneRetentionMs) / 1000)) },
    }),
  };
}
