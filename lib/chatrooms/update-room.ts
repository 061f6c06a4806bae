import { type Clock, StoreUnavailable } from '../device/ports.ts';
import type { ChatroomStore } from './ports.ts';
import type { Chatroom } from './room-rules.ts';

/** So many workers may be quicker in a row; more means that something is wrong. */
const maxTries = 12;

/** Which room of which device; `fence`: the revision of the device's record, for erasure. */
export interface RoomRef {
  readonly deviceKey: string;
  readonly roomId: string;
  readonly fence: number;
}

/**
 * Loads a room, lets `decide` decide, and stores what it decided by compare-and-swap; decides again when somebody else was
 * first. Throws `StoreUnavailable`.
 */
export async function updateRoom<Decision extends { readonly next?: Chatroom }>(
  { deviceKey, roomId, fence }: RoomRef,
  ports: { readonly chatrooms: ChatroomStore; readonly clock: Clock },
  decide: (room: Chatroom | undefined) => Decision | Promise<Decision>,
): Promise<Decision> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const decision = await decide(await ports.chatrooms.load(deviceKey, roomId));
    if (decision.next === undefined) return decision;
    if (await ports.chatrooms.compareAndSet(deviceKey, fence, decision.next)) return decision;
    await ports.clock.sleep(Math.random() * 20 * tries);
  }
  throw new StoreUnavailable('the chatroom changes too often to be swapped');
}
