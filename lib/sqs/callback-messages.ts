import type { CallbackMessage, RoomMessage } from '../domain/callback-ports.ts';
import { isCount, isText, membersOf } from './message-members.ts';
import { sealedBodyOf } from './relay-messages.ts';

/** A message of the callback queue; undefined when the body is none. Members that are not known are left out. */
export function parseCallbackMessage(text: string): CallbackMessage | RoomMessage | undefined {
  const members = membersOf(text);
  return members.kind === 'room' ? roomIn(members) : callbackIn(members);
}

function roomIn(members: Readonly<Record<string, unknown>>): RoomMessage | undefined {
  const { deviceKey, roomId, attempt, sealed } = members;
  return isText(deviceKey) && isText(roomId) && isCount(attempt) && isText(sealed)
    ? { kind: 'room', deviceKey, roomId, attempt, sealed }
    : undefined;
}

function callbackIn(members: Readonly<Record<string, unknown>>): CallbackMessage | undefined {
  const { kind, callbackKey, deliveryId, receivedAtMs, contentType, tokenKey, forward } = members;
  const body = sealedBodyOf(members.body);
  if (kind !== 'callback' || body === undefined || !isCount(receivedAtMs)) return undefined;
  if (!isText(callbackKey) || !isText(deliveryId) || !isText(tokenKey)) return undefined;
  if (typeof contentType !== 'string' || typeof forward !== 'boolean') return undefined;
  return { kind, callbackKey, deliveryId, receivedAtMs, contentType, tokenKey, forward, body };
}
