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

export const subscriptionSk = 'SUBSCRIPTION';
const sk = subscriptionSk;

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
      return item && sealedSubscriptionOf(item);
    },

    async delete(deviceKey, suffix) {
      await deleteItemAt(table, { pk: partitionOf(deviceKey), sk }, isEqual('suffix', { S: suffix }));
    },
  };
}

/** Undefined when the item is none. */
export function sealedSubscriptionOf({ sealed, suffix }: Item): SealedSubscription | undefined {
  return sealed?.S === undefined || suffix?.S === undefined
    ? undefined
    : { sealed: sealed.S, suffix: suffix.S };
}

function encode(rev: number, { suffix, sealed }: SealedSubscription): Item {
  return { sealed: { S: sealed }, suffix: { S: suffix }, fence: numberOf(rev) };
}
