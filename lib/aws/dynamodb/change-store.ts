import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { type Change, maxKeptIds, sizeOf } from '../../device/changes.ts';
import type { ChangeStore, Clock } from '../../device/ports.ts';
import { checked, integer, Undecodable } from './stored.ts';
import { expiringAt, type Item, numberOf, partitionOf, putItem, queryItems, type Table } from './table.ts';

const retentionMs = 30 * 24 * 3_600_000;

/** Most readers ask what changed since the last list or two; a page is not to cost more than that. */
const pageItems = 10;

/** The changes: `content` (B, gzip of JSON), `fence` (N, the record's revision). Reading throws `Undecodable`. */
export function createChangeStore(table: Table, clock: Pick<Clock, 'now'>): ChangeStore {
  return {
    async put(deviceKey, rev, change) {
      await putItem(table, deviceKey, `CHANGE#${String(rev).padStart(10, '0')}`, {
        content: { B: gzipSync(JSON.stringify(withinLimit(change))) },
        fence: numberOf(rev),
        ...expiringAt(change.atMs + retentionMs),
      });
    },

    async *newestFirst(deviceKey) {
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: partitionOf(deviceKey) }, ':prefix': { S: 'CHANGE#' } },
        ScanIndexForward: false,
        // The record already points at the list that the newest change led to.
        ConsistentRead: true,
        Limit: pageItems,
      });
      for await (const item of items) {
        const change = decodeChange(item);
        // TTL deletes late.
        if (clock.now() < change.atMs + retentionMs) yield change;
      }
    },
  };
}

function withinLimit({ from, to, atMs, difference }: Change): Change {
  const kept = difference && sizeOf(difference.added) + sizeOf(difference.removed) <= maxKeptIds;
  return { from, to, atMs, ...(kept && { difference }) };
}

function decodeChange(item: Item): Change {
  return checked(change, unzipped(item.content?.B), 'change');
}

function unzipped(content: Uint8Array | undefined): unknown {
  try {
    return content && JSON.parse(gunzipSync(content).toString('utf8'));
  } catch {
    throw new Undecodable('change', 'gzip of JSON');
  }
}

const ids = v.array(v.string());
const contacts = v.object({ friends: ids, chatrooms: ids, ghs: ids });

const change: v.GenericSchema<unknown, Change> = v.object({
  from: v.string(),
  to: v.string(),
  atMs: integer,
  difference: v.exactOptional(v.object({ added: contacts, removed: contacts })),
});
