import type { CallbackQueue, ChatroomStore } from '../domain/callback-ports.ts';
import type { Chatroom, RoomDecision } from '../domain/chatroom.ts';
import { hear, heardAgainMs, leave } from '../domain/chatroom-heard.ts';
import type { Clock, SubscriptionStore } from '../domain/ports.ts';
import type { DeviceRecord, EpochMs, Subscription } from '../domain/record.ts';
import { changeChatroom } from './change-chatroom.ts';
import type { SavedRooms } from './saved-rooms.ts';

export interface HearPorts {
  readonly chatrooms: ChatroomStore;
  readonly subscriptions: SubscriptionStore;
  readonly callbackQueue: CallbackQueue;
  readonly savedRooms: SavedRooms;
  readonly recentRooms: RecentRooms;
  readonly clock: Clock;
}

/** A subscribed device that something was heard of. */
export interface HeardDevice {
  readonly deviceKey: string;
  readonly record: DeviceRecord;
  readonly subscription: Subscription;
  /** When it was received. */
  readonly heardAtMs: EpochMs;
}

/**
 * A message from a room came: it is kept that the room was heard of, and GeWe is asked about one that nothing is known of.
 * True when it is. Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function hearRoom(
  device: HeardDevice,
  message: { readonly roomId: string; readonly writtenAtMs?: EpochMs },
  ports: HearPorts,
): Promise<boolean> {
  const { deviceKey, record, subscription, heardAtMs } = device;
  const { roomId } = message;
  const name = nameOf(device, roomId);
  if (ports.recentRooms.isRecent(name, heardAtMs)) return false;
  const isSaved = (await ports.savedRooms(deviceKey, record)).has(roomId);
  const ref = { deviceKey, roomId, fence: record.rev };
  let seen: Chatroom | undefined;
  let sealed: string | undefined;
  const { send } = await changeChatroom<RoomDecision>(ref, ports, async (room) => {
    const decision = hear(room, { ...message, heardAtMs, isSaved }, ports.clock.now());
    if (decision.send) sealed ??= await sealedFor(deviceKey, subscription, ports);
    // The subscription was deleted or put anew a moment ago: the room is for a later message.
    if (decision.send && sealed === undefined) return {};
    seen = decision.next ?? room;
    return decision;
  });
  if (send && sealed !== undefined) {
    const { attempt, delayS } = send;
    await ports.callbackQueue.send({ kind: 'room', deviceKey, roomId, attempt, sealed }, delayS);
  }
  if (seen && seen.leftAtMs === undefined) ports.recentRooms.note(name, seen.lastHeardAtMs);
  return send !== undefined;
}

/** The account is no longer in the room since `atMs`. True when that is news. Throws `StoreUnavailable`. */
export async function leaveRoom(
  device: HeardDevice,
  { roomId, atMs }: { readonly roomId: string; readonly atMs: EpochMs },
  ports: HearPorts,
): Promise<boolean> {
  const { deviceKey, record, heardAtMs } = device;
  const ref = { deviceKey, roomId, fence: record.rev };
  const { next } = await changeChatroom(ref, ports, (room) => leave(room, { roomId, atMs, heardAtMs }));
  ports.recentRooms.forget(nameOf(device, roomId));
  return next !== undefined;
}

async function sealedFor(
  deviceKey: string,
  { suffix }: Subscription,
  { subscriptions }: HearPorts,
): Promise<string | undefined> {
  const kept = await subscriptions.load(deviceKey);
  return kept?.suffix === suffix ? kept.sealed : undefined;
}

/** Another subscription begins from what is stored: the device may have been erased between. */
function nameOf({ deviceKey, subscription }: HeardDevice, roomId: string): string {
  return [deviceKey, subscription.suffix, roomId].join(' ');
}

/** Rooms that were heard of a moment ago: a storm of messages reads and writes nothing about them. */
export interface RecentRooms {
  isRecent(name: string, atMs: EpochMs): boolean;
  note(name: string, heardAtMs: EpochMs): void;
  forget(name: string): void;
}

/** Some megabytes. */
const maxRecent = 20_000;

export function createRecentRooms(): RecentRooms {
  const heard = new Map<string, EpochMs>();
  return {
    isRecent: (name, atMs) => atMs < (heard.get(name) ?? Number.NEGATIVE_INFINITY) + heardAgainMs,
    note(name, heardAtMs) {
      if (heard.size >= maxRecent) heard.clear();
      heard.set(name, heardAtMs);
    },
    forget: (name) => void heard.delete(name),
  };
}
