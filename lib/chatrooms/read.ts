import { type ReadContactsPorts, readSnapshot } from '../refresh/read.ts';
import type { ChatroomStore } from './ports.ts';
import type { Chatroom } from './room-rules.ts';

export interface ReadChatroomsPorts extends Omit<ReadContactsPorts, 'telemetry'> {
  readonly chatrooms: ChatroomStore;
}

/** A room that was saved to contacts, revealed by callbacks, or both. */
export interface ListedRoom {
  readonly id: string;
  readonly isSaved: boolean;
  readonly discovered?: Chatroom;
}

export type ChatroomPage =
  | { readonly kind: 'nothing' }
  /** `next`: the id that the next page begins after; absent on the last one. */
  | { readonly kind: 'page'; readonly rooms: readonly ListedRoom[]; readonly next?: string };

/** A longer id is no room's, and would not fit into a cursor. */
const maxIdBytes = 150;

/**
 * The rooms after `afterId` (undefined: from the first), `limit` at most, in the order of their ids' UTF-8 bytes.
 * `nothing`: neither a list nor a room is stored. Throws `StoreUnavailable`.
 */
export async function readChatrooms(
  deviceKey: string,
  page: { readonly limit: number; readonly afterId?: string },
  ports: ReadChatroomsPorts,
): Promise<ChatroomPage> {
  const { limit, afterId } = page;
  const [list, discovered] = await Promise.all([
    readSnapshot(deviceKey, ports.records, (snapshot) => ports.snapshots.read(deviceKey, snapshot)),
    // One more tells whether there is a next page.
    ports.chatrooms.list(deviceKey, afterId, limit + 1),
  ]);
  if (list === undefined && discovered.length === 0) {
    const isPastTheEnd =
      afterId !== undefined && (await ports.chatrooms.list(deviceKey, undefined, 1)).length > 0;
    return isPastTheEnd ? { kind: 'page', rooms: [] } : { kind: 'nothing' };
  }
  const rooms = new Map<string, ListedRoom>();
  const saved = list?.content.chatrooms ?? [];
  for (const id of saved) if (isListed(id, afterId)) rooms.set(id, { id, isSaved: true });
  for (const room of discovered) {
    if (isListed(room.id, afterId))
      rooms.set(room.id, { id: room.id, isSaved: rooms.has(room.id), discovered: room });
  }
  const ordered = [...rooms.values()].toSorted((one, other) => byBytes(one.id, other.id));
  const shown = ordered.slice(0, limit);
  const last = shown.at(-1);
  return { kind: 'page', rooms: shown, ...(last && ordered.length > limit && { next: last.id }) };
}

function isListed(id: string, afterId: string | undefined): boolean {
  return Buffer.byteLength(id) <= maxIdBytes && (afterId === undefined || byBytes(id, afterId) > 0);
}

/** DynamoDB's order of sort keys; that of JavaScript's own comparison differs beyond U+D800. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
