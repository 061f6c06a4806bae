import * as v from 'valibot';
import type { ChatroomStore } from '../../chatrooms/ports.ts';
import type { Chatroom } from '../../chatrooms/room-rules.ts';
import type { Clock } from '../../device/ports.ts';
import { type Cell, update } from '../../device/update-record.ts';
import { attributesOf, decoded, integer } from './stored.ts';
import {
  getItem,
  type Item,
  isAbsent,
  isEqual,
  numberOf,
  partitionOf,
  putItem,
  putRevision,
  queryItems,
  type Table,
} from './table.ts';

const prefix = 'CHATROOM#';
/** When the next call about a room of the device may begin. */
const pacingSk = 'CHATROOMS';

/**
 * The rooms that callbacks revealed: the attributes are those of `Chatroom`, and `nonce` (S, of the write), `fence` (N, the device
 * record's revision). `newNonce`: a text that no other write has. Reading throws `Undecodable`.
 */
export function createChatroomStore(
  table: Table,
  newNonce: () => string,
  clock: Pick<Clock, 'sleep'>,
): ChatroomStore {
  return {
    async load(deviceKey, roomId) {
      const item = await getItem(table, deviceKey, `${prefix}${roomId}`, 'strong');
      return item && decode(item);
    },

    compareAndSet(deviceKey, fence, next) {
      const attributes = { ...attributesOf(next), fence: numberOf(fence) };
      const write = { rev: next.rev, nonce: newNonce() };
      return putRevision(table, deviceKey, `${prefix}${next.id}`, attributes, write);
    },

    async list(deviceKey, afterId, atMost) {
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': { S: partitionOf(deviceKey) },
          ':first': { S: `${prefix}${afterId ?? ''}` },
          // The character after the prefix's last: behind every id.
          ':last': { S: 'CHATROOM$' },
        },
        ConsistentRead: true,
        // The first may be the one after which they begin.
        Limit: atMost + 1,
      });
      const rooms: Chatroom[] = [];
      for await (const item of items) {
        const room = decode(item);
        if (room.id !== afterId) rooms.push(room);
        if (rooms.length === atMost) break;
      }
      return rooms;
    },

    async reserve(deviceKey, fence, nowMs, intervalMs) {
      const cell: Cell<string> = {
        load: async () => (await getItem(table, deviceKey, pacingSk, 'strong'))?.nextCallAtMs?.N,
        store: (next, before) => {
          const attributes = { nextCallAtMs: { N: next }, fence: numberOf(fence) };
          // A retry of the SDK that finds its own first write only leaves a gap.
          const unchanged = before === undefined ? isAbsent : isEqual('nextCallAtMs', { N: before });
          return putItem(table, deviceKey, pacingSk, attributes, unchanged);
        },
      };
      const { decided } = await update(cell, clock, (nextCallAtMs) => {
        const slotMs = Math.max(nowMs, Number(nextCallAtMs ?? 0));
        return { slotMs, next: String(slotMs + intervalMs) };
      });
      return decided.slotMs;
    },
  };
}

function decode(item: Item): Chatroom {
  return decoded(chatroom, item, 'chatroom');
}

const text = v.nullable(v.string());

const chatroom: v.GenericSchema<unknown, Chatroom> = v.object({
  id: v.string(),
  rev: integer,
  firstHeardAtMs: integer,
  lastHeardAtMs: integer,
  writtenAtMs: v.exactOptional(integer),
  leftAtMs: v.exactOptional(integer),
  info: v.exactOptional(
    v.object({ name: text, remark: text, owner: text, memberCount: v.nullable(integer) }),
  ),
  attempts: integer,
  request: v.exactOptional(
    v.object({
      failures: integer,
      deferrals: v.exactOptional(integer),
      reserved: v.boolean(),
      notBeforeMs: integer,
      givenUp: v.boolean(),
    }),
  ),
});
