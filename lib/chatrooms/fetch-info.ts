import type { MessageHandle, Ports } from '../device/ports.ts';
import { type MessageResult, secondsUntil } from '../device/ports.ts';
import type { DeviceRecord } from '../device/record.ts';
import type { DiscoverPorts } from './discover.ts';
import type { ChatroomStore, RoomInfoClient, RoomMessage } from './ports.ts';
import type { Chatroom, RoomDecision } from './room-rules.ts';
import {
  type AttemptClaim,
  claimAttempt,
  deferInfo,
  infoFailed,
  infoReceived,
  slotReserved,
} from './room-rules.ts';
import { updateRoom } from './update-room.ts';

export interface FetchInfoPorts
  extends Pick<DiscoverPorts, 'callbackQueue' | 'subscriptions'>,
    Pick<Ports, 'records' | 'opener' | 'clock' | 'telemetry'> {
  readonly chatrooms: ChatroomStore;
  readonly rooms: RoomInfoClient;
  /** `CHATROOM_INTERVAL_S`. */
  readonly chatroomIntervalMs: number;
}

/** The longest visibility timeout (SQS). */
const longestHiddenS = 43_200;

/**
 * Handles a message that asks for a room's info: reserves a time among the device's calls, asks GeWe once, and stores the answer or
 * sends the next attempt. While the device is offline, later.
 * Throws what the stores and the queue throw, and `Unsealable`.
 */
export async function fetchRoomInfo(
  message: RoomMessage,
  handle: MessageHandle,
  ports: FetchInfoPorts,
  signal: AbortSignal,
): Promise<MessageResult> {
  const { deviceKey, roomId, attempt } = message;
  const record = await ports.records.load(deviceKey);
  if (record === undefined || !mayAsk(record)) return { kind: 'ack', what: 'unsubscribed' };
  const ref = { deviceKey, roomId, fence: record.rev };
  const now = () => ports.clock.now();
  let taken = await takenUp(message, record, ports);
  if (taken.kind === 'reserve') {
    const slotMs = await ports.chatrooms.reserve(deviceKey, record.rev, now(), ports.chatroomIntervalMs);
    await updateRoom(ref, ports, (room) => slotReserved(room, attempt, slotMs));
    taken = await takenUp(message, record, ports);
  }
  if (taken.kind === 'wait') {
    await handle.extendVisibility(Math.min(longestHiddenS, secondsUntil(taken.untilMs, now())));
    return { kind: 'retryLater', what: 'waits' };
  }
  if (taken.kind === 'defer') {
    if (taken.send)
      await ports.callbackQueue.send({ ...message, attempt: taken.send.attempt }, taken.send.delayS);
    return { kind: 'ack', what: 'offline' };
  }
  if (taken.kind !== 'call') return { kind: 'ack', what: 'dropped' };
  const { opener, rooms } = ports;
  const answer = await rooms.fetchInfo(await opener.open(message.sealed, deviceKey), roomId, signal);
  const { next, send } = await updateRoom<RoomDecision>(ref, ports, (room) =>
    answer.kind === 'room'
      ? infoReceived(room, attempt, answer.info)
      : infoFailed(room, attempt, answer.class, now()),
  );
  if (send) await ports.callbackQueue.send({ ...message, attempt: send.attempt }, send.delayS);
  if (answer.kind === 'room') {
    ports.telemetry?.roomInfoFetched('success');
    return { kind: 'ack', what: 'learned' };
  }
  ports.telemetry?.roomInfoFetched(next?.request?.givenUp ? 'given-up' : 'failed');
  return { kind: 'ack', what: 'failed', error: answer.class };
}

function mayAsk({ subscription }: DeviceRecord): boolean {
  return subscription?.onCallbacks === true && !subscription.stopped;
}

/** While the device is marked offline GeWe is not asked: the message is deleted, and perhaps a later attempt is sent. */
type Taken = AttemptClaim | { readonly kind: 'defer'; readonly send?: RoomDecision['send'] };

/** What to do about the message, decided and stored. */
async function takenUp(
  { deviceKey, roomId, attempt }: RoomMessage,
  { rev, offlineSinceMs }: DeviceRecord,
  ports: FetchInfoPorts,
): Promise<Taken> {
  type Decided = { readonly taken: Taken; readonly next?: Chatroom };
  const { taken } = await updateRoom<Decided>({ deviceKey, roomId, fence: rev }, ports, (room) => {
    const nowMs = ports.clock.now();
    const taken = claimAttempt(room, attempt, nowMs);
    const wouldAsk = taken.kind === 'reserve' || taken.kind === 'call';
    if (wouldAsk && offlineSinceMs !== undefined) {
      const { next, send } = deferInfo(room, attempt, offlineSinceMs, nowMs);
      return { taken: { kind: 'defer', ...(send && { send }) }, ...(next && { next }) };
    }
    return { taken, ...(taken.kind === 'call' && { next: taken.next }) };
  });
  return taken;
}
