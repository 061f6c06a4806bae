import { resultRetentionMs } from '../../device/policy.ts';
import type { Clock, RefreshArchive } from '../../device/ports.ts';
import type { EndedRefresh } from '../../device/record.ts';
import { endedRefresh } from './record-store.ts';
import { attributesOf, decoded } from './stored.ts';
import {
  expiringAt,
  getItem,
  type Item,
  numberOf,
  partitionOf,
  putItem,
  putItems,
  type Table,
} from './table.ts';

/**
 * Ended refreshes, an item each: the attributes are those of `EndedRefresh`, and `fence` (N, the record's revision). Finding throws
 * `Undecodable`.
 */
export function createRefreshArchive(table: Table, clock: Pick<Clock, 'now'>): RefreshArchive {
  return {
    async put(deviceKey, rev, refresh) {
      await putItem(table, deviceKey, skOf(refresh.id), archived(rev, refresh));
    },

    async find(deviceKey, refreshId) {
      // Strongly consistent: a refresh that has just left the record is to be found here.
      const item = await getItem(table, deviceKey, skOf(refreshId), 'strong');
      const found = item && decoded(endedRefresh, item, 'refresh');
      // TTL deletes late.
      return found && clock.now() < found.endedAtMs + resultRetentionMs ? found : undefined;
    },
  };
}

/** DynamoDB takes so many writes at once. */
const mostAtOnce = 25;

/**
 * The same, for who archives of many devices: what is put in one turn of the event loop goes out together. No refresh is put twice
 * in one turn.
 */
export function createBulkArchive(table: Table): Pick<RefreshArchive, 'put'> {
  interface Put extends PromiseWithResolvers<void> {
    readonly item: Item;
  }
  let waiting: Put[] = [];
  const flush = () => {
    const puts = waiting;
    waiting = [];
    for (let from = 0; from < puts.length; from += mostAtOnce) {
      const some = puts.slice(from, from + mostAtOnce);
      putItems(
        table,
        some.map(({ item }) => item),
      ).then(
        () => some.forEach(({ resolve }) => void resolve()),
        (error: unknown) => some.forEach(({ reject }) => void reject(error)),
      );
    }
  };
  return {
    put(deviceKey, rev, refresh) {
      const key = { pk: { S: partitionOf(deviceKey) }, sk: { S: skOf(refresh.id) } };
      const put = { ...Promise.withResolvers<void>(), item: { ...key, ...archived(rev, refresh) } };
      if (waiting.push(put) === 1) queueMicrotask(flush);
      return put.promise;
    },
  };
}

function archived(rev: number, refresh: EndedRefresh): Item {
  return {
    ...attributesOf(refresh),
    fence: numberOf(rev),
    ...expiringAt(refresh.endedAtMs + resultRetentionMs),
  };
}

function skOf(refreshId: string): string {
  return `REFRESH#${refreshId}`;
}
