import { resultRetentionMs } from '../../device/policy.ts';
import type { Clock, RefreshArchive } from '../../device/ports.ts';
import type { EndedRefresh } from '../../device/record.ts';
import { decodeEnded, encodeRefresh } from './refresh-codec.ts';
import { asArray, parseStored } from './stored-json.ts';
import { type Item, partitionOf, putItem, queryItems, type Table, ttlAttribute } from './table.ts';

/**
 * Ended refreshes, in batches under the id of their newest: `content` (S, JSON), `fence` (N, the record's
 * revision). As ids sort by time, the first batch at or after an id is the one that can hold it. Reading throws
 * `Undecodable`.
 */
export function createRefreshArchive(table: Table, clock: Pick<Clock, 'now'>): RefreshArchive {
  return {
    async put(deviceKey, rev, refreshes) {
      const newest = refreshes.at(-1);
      if (newest === undefined) return;
      const lastEndedAtMs = Math.max(...refreshes.map((refresh) => refresh.endedAtMs));
      await putItem(table, deviceKey, batchSk(newest.id), {
        content: { S: JSON.stringify(refreshes.map((refresh) => encodeRefresh(refresh, 0))) },
        fence: { N: String(rev) },
        [ttlAttribute]: { N: String(Math.ceil((lastEndedAtMs + resultRetentionMs) / 1000)) },
      });
    },

    async find(deviceKey, refreshId) {
      const batches = queryItems(table, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :end',
        ExpressionAttributeValues: {
          ':pk': { S: partitionOf(deviceKey) },
          ':first': { S: batchSk(refreshId) },
          // Sorts behind every id.
          ':end': { S: batchSk('~') },
        },
        // A refresh that has just left the record is to be found here.
        ConsistentRead: true,
        Limit: 1,
      });
      for await (const batch of batches) {
        const found = decodeBatch(batch).find(({ id }) => id === refreshId);
        return found && clock.now() < found.endedAtMs + resultRetentionMs ? found : undefined;
      }
      return undefined;
    },
  };
}

function batchSk(id: string): string {
  return `REFRESHES#${id}`;
}

function decodeBatch(item: Item): readonly EndedRefresh[] {
  const batch = asArray(parseStored(item.content?.S, 'refreshes'), 'refreshes');
  return batch.map((value, index) => decodeEnded(value, `refreshes[${index}]`, 0));
}
