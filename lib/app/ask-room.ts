import type { ChatroomStore, RoomMessage, Rooms } from '../domain/callback-ports.ts';
import type { Chatroom, RoomDecision } from '../domain/chatroom.ts';
import { askFailed, deferred, learned, reserved, type TakeUp, takeUp } from '../domain/chatroom-ask.ts';
import type { Clock, Opener, Receipt, RecordStore } from '../domain/ports.ts';
import type { DeviceRecord } from '../domain/record.ts';
import type { Watcher } from '../domain/watcher.ts';
import { changeChatroom } from './change-chatroom.ts';
import type { HearPorts } from './hear-room.ts';
import { type Served, secondsUntil } from './served.ts';

export interface AskPorts extends Pick<HearPorts, 'callbackQueue' | 'subscriptions'> {
  readonly chatrooms: ChatroomStore;
  readonly records: RecordStore;
  readonly rooms: Rooms;
  readonly opener: Opener;
  readonly clock: Clock;
  /** `CHATROOM_INTERVAL_S`. */
  readonly chatroomIntervalMs: number;
  readonly watcher?: Watcher;
}

/** SQS hides no longer. */
const longestHiddenS = 43_200;

/**
 * Serves a message that asks about a room: waits for a time of its own among the device's calls, asks GeWe once, and
 * stores what it says, or sends the next attempt. While the device is offline it asks later.
 * Throws what the stores and the queue throw, and `Unsealable`.
 */
export async function askRoom(
  message: RoomMessage,
  receipt: Receipt,
  ports: AskPorts,
  signal: AbortSignal,
): Promise<Served> {
  const { deviceKey, roomId, attempt } = message;
  const record = await ports.records.load(deviceKey);
  if (record === undefined || !mayAsk(record)) return { kind: 'done', what: 'unsubscribed' };
  const ref = { deviceKey, roomId, fence: record.rev };
  const now = () => ports.clock.now();
  let taken = await takenUp(message, record, ports);
  if (taken.kind === 'reserve') {
    const slotMs = await ports.chatrooms.reserve(deviceKey, record.rev, now(), ports.chatroomIntervalMs);
    await changeChatroom(ref, ports, (room) => reserved(room, attempt, slotMs));
    taken = await takenUp(message, record, ports);
  }
  if (taken.kind === 'hide') {
    await receipt.hideFor(Math.min(longestHiddenS, secondsUntil(taken.untilMs, now())));
    return { kind: 'again', what: 'waits' };
  }
  if (taken.kind === 'defer') {
    if (taken.send)
      await ports.callbackQueue.send({ ...message, attempt: taken.send.attempt }, taken.send.delayS);
    return { kind: 'done', what: 'offline' };
  }
  if (taken.kind !== 'call') return { kind: 'done', what: 'dropped' };
  const { opener, rooms } = ports;
  const answer = await rooms.ask(await opener.open(message.sealed, deviceKey), roomId, signal);
  const { next, send } = await changeChatroom<RoomDecision>(ref, ports, (room) =>
    answer.kind === 'room'
      ? learned(room, attempt, answer.info)
      : askFailed(room, attempt, answer.class, now()),
  );
  if (send) await ports.callbackQueue.send({ ...message, attempt: send.attempt }, send.delayS);
  if (answer.kind === 'room') {
    ports.watcher?.chatroomCalled('success');
    return { kind: 'done', what: 'learned' };
  }
  ports.watcher?.chatroomCalled(next?.ask?.givenUp ? 'given-up' : 'failed');
  return { kind: 'done', what: 'failed', error: answer.class };
}

function mayAsk({ subscription }: DeviceRecord): boolean {
  return subscription?.onCallbacks === true && !subscription.stopped;
}

/** A device that is known to be offline is left alone: the message goes, and perhaps another comes later. */
type Taken = TakeUp | { readonly kind: 'defer'; readonly send?: RoomDecision['send'] };

/** What is to be done about the message, decided and stored. */
async function takenUp(
  { deviceKey, roomId, attempt }: RoomMessage,
  { rev, offlineSinceMs }: DeviceRecord,
  ports: AskPorts,
): Promise<Taken> {
  type Decided = { readonly taken: Taken; readonly next?: Chatroom };
  const { taken } = await changeChatroom<Decided>({ deviceKey, roomId, fence: rev }, ports, (room) => {
    const nowMs = ports.clock.now();
    const taken = takeUp(room, attempt, nowMs);
    const wouldAsk = taken.kind === 'reserve' || taken.kind === 'call';
    if (wouldAsk && offlineSinceMs !== undefined) {
      const { next, send } = deferred(room, attempt, offlineSinceMs, nowMs);
      return { taken: { kind: 'defer', ...(send && { send }) }, ...(next && { next }) };
    }
    return { taken, ...(taken.kind === 'call' && { next: taken.next }) };
  });
  return taken;
}
