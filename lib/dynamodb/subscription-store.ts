import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { SubscriptionStore } from '../domain/ports.ts';
import { getItem, holds, partitionOf, putItem, type Table } from './table.ts';

const sk = 'SUBSCRIPTION';

/** `sealed` (S), `suffix` (S, of the subscription it belongs to), `fence` (N, the record's revision). */
export function createSubscriptionStore(table: Table): SubscriptionStore {
  return {
    async put(deviceKey, rev, { suffix, sealed }) {
      await putItem(table, deviceKey, sk, {
        sealed: { S: sealed },
        suffix: { S: suffix },
        fence: { N: String(rev) },
      });
    },

    async load(deviceKey) {
      const item = await getItem(table, deviceKey, sk, 'strong');
      const { sealed, suffix } = item ?? {};
      return sealed?.S === undefined || suffix?.S === undefined
        ? undefined
        : { sealed: sealed.S, suffix: suffix.S };
    },

    async delete(deviceKey) {
      const Key = { pk: { S: partitionOf(deviceKey) }, sk: { S: sk } };
      await holds('DeleteItem', table.client.send(new DeleteItemCommand({ TableName: table.name, Key })));
    },
  };
}
