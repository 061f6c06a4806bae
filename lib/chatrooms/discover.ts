import { BoundedMap } from '../device/bounded-map.ts';
import type { Ports } from '../device/ports.ts';
import type { DeviceRecord, EpochMs, Subscription } from '../device/record.ts';
import { sealedTokenOf } from '../device/subscribe.ts';
import type { ChatroomStore, RoomQueue } from './ports.ts';
import type { Chatroom, RoomDecision } from './room-rules.ts';
import { leave, noteIntervalMs, noteMessage } from './room-rules.ts';
import type { SavedRooms } from './saved-rooms.ts';
import { updateRoom } from './update-room.ts';

export interface DiscoverPorts extends Pick<Ports, 'subscriptions' | 'clock'> {
  readonly chatrooms: ChatroomStore;
  readonly callbackQueue: RoomQueue;
  readonly savedRooms: SavedRooms;
  readonly recentRooms: RecentRooms;
}

/** A subscribed device that a callback is about. */
export interface CallbackDevice {
  readonly deviceKey: string;
  readonly record: DeviceRecord;
  readonly subscription: Subscription;
  /** When it was received. */
  readonly receivedAtMs: EpochMs;
}

/**
 * A message from a room was received: notes the room, and requests its info from GeWe when nothing is known of it. True when it does. Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function discoverRoom(
  device: CallbackDevice,
  message: { readonly roomId: string; readonly writtenAtMs?: EpochMs },
  ports: DiscoverPorts,
): Promise<boolean> {
  const { deviceKey, record, subscription, receivedAtMs } = device;
  const { roomId } = message;
  const name = nameOf(device, roomId);
  const notedAtMs = ports.recentRooms.get(name) ?? Number.NEGATIVE_INFINITY;
  if (receivedAtMs < notedAtMs + noteIntervalMs) return false;
  const isSaved = (await ports.savedRooms(deviceKey, record)).has(roomId);
  const ref = { deviceKey, roomId, fence: record.rev };
  let seen: Chatroom | undefined;
  let sealed: string | undefined;
  const { send } = await updateRoom<RoomDecision>(ref, ports, async (room) => {
    const decision = noteMessage(room, { ...message, receivedAtMs, isSaved }, ports.clock.now());
    if (decision.send) sealed ??= await sealedTokenOf(deviceKey, subscription, ports.subscriptions);
    // The subscription was deleted or replaced a moment ago: a later message in the room requests its info.
    if (decision.send && sealed === undefined) return {};
    seen = decision.next ?? room;
    return decision;
  });
  if (send && sealed !== undefined) {
    const { attempt, delayS } = send;
    await ports.callbackQueue.send({ kind: 'room', deviceKey, roomId, attempt, sealed }, delayS);
  }
  if (seen && seen.leftAtMs === undefined) ports.recentRooms.set(name, seen.lastHeardAtMs);
  return send !== undefined;
}

/** The account is no longer in the room since `atMs`. True when that is news. Throws `StoreUnavailable`. */
export async function leaveRoom(
  device: CallbackDevice,
  { roomId, atMs }: { readonly roomId: string; readonly atMs: EpochMs },
  ports: DiscoverPorts,
): Promise<boolean> {
  const { deviceKey, record, receivedAtMs } = device;
  const ref = { deviceKey, roomId, fence: record.rev };
  const { next } = await updateRoom(ref, ports, (room) => leave(room, { roomId, atMs, receivedAtMs }));
  ports.recentRooms.delete(nameOf(device, roomId));
  return next !== undefined;
}

/** With another subscription nothing is remembered: the device may have been erased in between. */
function nameOf({ deviceKey, subscription }: CallbackDevice, roomId: string): string {
  return [deviceKey, subscription.suffix, roomId].join(' ');
}

/** When rooms were noted last: a storm of messages reads and writes nothing about them. */
export type RecentRooms = BoundedMap<EpochMs>;

/** Some megabytes. */
const maxRecent = 20_000;

export function createRecentRooms(): RecentRooms {
  return new BoundedMap(maxRecent);
}
