import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { type Change, maxKeptIds, sizeOf } from '../../device/changes.ts';
import type { ChangeStore, Clock } from '../../device/ports.ts';
import { checked, integer, Undecodable } from './stored.ts';
import { expiringAt, type Item, numberOf, partitionOf, putItem, queryItems, type Table } from './table.ts';

const retentionMs = 30 * 24 * 3_600_000;

/** Most readers ask what changed since the last list or two; the first page is not to cost more than that. */
const firstPageItems = 10;

const laterPageItems = 100;

/** After so many bytes of changes no further page is read: with the last one, at most 768 read units (a page has 1 MB at most). */
const maxBytesRead = 2 * 1024 * 1024;

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
      let bytes = 0;
      for await (const item of itemsNewestFirst(table, deviceKey)) {
        const change = decodeChange(item);
        // TTL deletes late: what follows is older still.
        if (clock.now() >= change.atMs + retentionMs) return;
        yield change;
        bytes += item.content?.B?.byteLength ?? 0;
        if (bytes >= maxBytesRead) return;
      }
    },
  };
}

async function* itemsNewestFirst(table: Table, deviceKey: string): AsyncGenerator<Item> {
  const query = {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': { S: partitionOf(deviceKey) }, ':prefix': { S: 'CHANGE#' } },
    ScanIndexForward: false,
    // The record already points at the list that the newest change led to.
    ConsistentRead: true,
  };
  let count = 0;
  let last: Item = {};
  for await (const item of queryItems(table, { ...query, Limit: firstPageItems })) {
    yield item;
    last = item;
    count += 1;
    if (count === firstPageItems) break;
  }
  const { pk, sk } = last;
  if (count < firstPageItems || pk === undefined || sk === undefined) return;
  yield* queryItems(table, { ...query, Limit: laterPageItems, ExclusiveStartKey: { pk, sk } });
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
