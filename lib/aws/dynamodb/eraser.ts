import type { Eraser } from '../../device/ports.ts';
import { recordSk } from './record-store.ts';
import { deleteItemAt, type Item, partitionOf, queryItems, type Table } from './table.ts';

/** Deletes under way at the same time. */
const concurrency = 8;

/** Deletes every item of the device but its record, unless it was written after the given revision (its `fence`). */
export function createEraser(table: Table): Eraser {
  return {
    async erase(deviceKey, rev) {
      const kept = queryItems(table, {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partitionOf(deviceKey) } },
        ProjectionExpression: 'pk, sk, fence',
        ConsistentRead: true,
      });
      const due: Item[] = [];
      for await (const item of kept) if (isDue(item, rev)) due.push(item);
      for (let done = 0; done < due.length; done += concurrency) {
        const batch = due.slice(done, done + concurrency);
        await Promise.all(batch.map((item) => deleteUpTo(table, item, rev)));
      }
    },
  };
}

function isDue(item: Item, rev: number): boolean {
  return item.sk?.S !== recordSk && Number(item.fence?.N) <= rev;
}

/** The condition is checked again where it is deleted: a newer writer may have been there since the query. */
function deleteUpTo(table: Table, { pk, sk }: Item, rev: number): Promise<boolean> {
  return deleteItemAt(
    table,
    { pk: pk?.S ?? '', sk: sk?.S ?? '' },
    { expression: 'fence <= :rev', values: { ':rev': { N: String(rev) } } },
  );
}
