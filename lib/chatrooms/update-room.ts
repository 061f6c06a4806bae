import type { Clock } from '../device/ports.ts';
import { update } from '../device/update-record.ts';
import type { ChatroomStore } from './ports.ts';
import type { Chatroom } from './room-rules.ts';

/** Which room of which device; `fence`: the revision of the device's record, for erasure. */
export interface RoomRef {
  readonly deviceKey: string;
  readonly roomId: string;
  readonly fence: number;
}

/** Changes a room by a rule (optimistic concurrency); returns what the rule decided. Throws `StoreUnavailable`. */
export async function updateRoom<Decision extends { readonly next?: Chatroom }>(
  { deviceKey, roomId, fence }: RoomRef,
  { chatrooms, clock }: { readonly chatrooms: ChatroomStore; readonly clock: Clock },
  rule: (room: Chatroom | undefined) => Decision | Promise<Decision>,
): Promise<Decision> {
  const cell = {
    load: () => chatrooms.load(deviceKey, roomId),
    store: (next: Chatroom) => chatrooms.compareAndSet(deviceKey, fence, next),
  };
  return (await update(cell, clock, rule)).decided;
}
