import { resultRetentionMs } from '../../device/policy.ts';
import type { Clock, RefreshArchive } from '../../device/ports.ts';
import { endedRefresh } from './record-store.ts';
import { attributesOf, decoded } from './stored.ts';
import { expiringAt, getItem, numberOf, putItem, type Table } from './table.ts';

/**
 * Ended refreshes, an item each: the attributes are those of `EndedRefresh`, and `fence` (N, the record's revision). Finding throws
 * `Undecodable`.
 */
export function createRefreshArchive(table: Table, clock: Pick<Clock, 'now'>): RefreshArchive {
  return {
    async put(deviceKey, rev, refresh) {
      await putItem(table, deviceKey, skOf(refresh.id), {
        ...attributesOf(refresh),
        fence: numberOf(rev),
        ...expiringAt(refresh.endedAtMs + resultRetentionMs),
      });
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

function skOf(refreshId: string): string {
  return `REFRESH#${refreshId}`;
}
