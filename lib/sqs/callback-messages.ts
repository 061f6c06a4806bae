import type { CallbackMessage, RelayMessage, RoomMessage, SealedBody } from '../domain/callback-ports.ts';
import { isCount, isText, membersOf } from './message-members.ts';

/** A message of the callback queue; undefined when the body is none. Members that are not known are left out. */
export function parseCallbackMessage(body: string): CallbackMessage | RoomMessage | undefined {
  const members = membersOf(body);
  if (members.kind === 'room') return roomIn(members);
  const { kind, tokenKey, forward } = members;
  const delivery = deliveryIn(members);
  return kind === 'callback' && delivery && isText(tokenKey) && typeof forward === 'boolean'
    ? { kind, ...delivery, tokenKey, forward }
    : undefined;
}

/** A message of the relay queue; undefined when the body is none. Members that are not known are left out. */
export function parseRelayMessage(body: string): RelayMessage | undefined {
  const members = membersOf(body);
  const { kind, headerId } = members;
  const delivery = deliveryIn(members);
  return kind === 'relay' && delivery && isText(headerId) ? { kind, ...delivery, headerId } : undefined;
}

function roomIn(members: Readonly<Record<string, unknown>>): RoomMessage | undefined {
  const { deviceKey, roomId, attempt, sealed } = members;
  return isText(deviceKey) && isText(roomId) && isCount(attempt) && isText(sealed)
    ? { kind: 'room', deviceKey, roomId, attempt, sealed }
    : undefined;
}

function deliveryIn(members: Readonly<Record<string, unknown>>) {
  const { callbackKey, deliveryId, receivedAtMs, contentType } = members;
  const body = bodyIn(members.body);
  return isText(callbackKey) &&
    isText(deliveryId) &&
    isCount(receivedAtMs) &&
    typeof contentType === 'string' &&
    body
    ? { callbackKey, deliveryId, receivedAtMs, contentType, body }
    : undefined;
}

function bodyIn(value: unknown): SealedBody | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('sealed' in value && isText(value.sealed)) return { sealed: value.sealed };
  return 'parts' in value && isCount(value.parts) ? { parts: value.parts } : undefined;
}
