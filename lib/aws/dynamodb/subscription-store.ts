import type { SealedSubscription, SubscriptionStore } from '../../device/ports.ts';
import {
  deleteItemAt,
  getItem,
  type Item,
  isEqual,
  isNotAfter,
  numberOf,
  partitionOf,
  putItem,
  type Table,
} from './table.ts';

const sk = 'SUBSCRIPTION';

/** `sealed` (S), `suffix` (S, of the subscription it belongs to), `fence` (N, the record's revision). */
export function createSubscriptionStore(table: Table): SubscriptionStore {
  return {
    async put(deviceKey, rev, kept) {
      await putItem(table, deviceKey, sk, encode(rev, kept), isNotAfter(rev));
    },

    async replace(deviceKey, rev, kept) {
      await putItem(table, deviceKey, sk, encode(rev, kept), isEqual('suffix', { S: kept.suffix }));
    },

    async load(deviceKey) {
      const item = await getItem(table, deviceKey, sk, 'strong');
      const { sealed, suffix } = item ?? {};
      return sealed?.S === undefined || suffix?.S === undefined
        ? undefined
        : { sealed: sealed.S, suffix: suffix.S };
    },

    async delete(deviceKey, suffix) {
      await deleteItemAt(table, { pk: partitionOf(deviceKey), sk }, isEqual('suffix', { S: suffix }));
    },
  };
}

function encode(rev: number, { suffix, sealed }: SealedSubscription): Item {
  return { sealed: { S: sealed }, suffix: { S: suffix }, fence: numberOf(rev) };
}
