import type { CallbackMessage, ForwardMessage, SealedBody } from '../../callbacks/ports.ts';
import type { RoomMessage } from '../../chatrooms/ports.ts';
import type { RefreshMessage } from '../../device/ports.ts';

/** The members of the object in a message's body; none when there is no such object. */
export function membersOf(body: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    return {};
  }
}

/** A copy of the object's own members; none when it is no object. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A whole number, at least 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

/**
 * The message in the body of an SQS record; undefined when it is none that `RefreshQueue` sends. Members that are
 * not known are left out.
 */
export function parseMessage(body: string): RefreshMessage | undefined {
  const { kind, deviceKey, refreshId, step, sealed, rev } = membersOf(body);
  if (!isText(deviceKey)) return undefined;
  switch (kind) {
    case 'step':
      return isText(refreshId) && isCount(step) && isText(sealed)
        ? { kind, deviceKey, refreshId, step, sealed }
        : undefined;
    case 'rerun':
      return isText(sealed) ? { kind, deviceKey, sealed } : undefined;
    case 'erase':
      return isCount(rev) ? { kind, deviceKey, rev } : undefined;
    default:
      return undefined;
  }
}

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

/** The message in the body of a record of the relay queue; undefined when it is none. Members not known are left out. */
export function parseForwardMessage(text: string): ForwardMessage | undefined {
  const members = membersOf(text);
  const { kind, callbackKey, deliveryId, headerId, receivedAtMs, contentType } = members;
  const body = sealedBodyOf(members.body);
  if (kind !== 'forward' || body === undefined || !isCount(receivedAtMs)) return undefined;
  if (!isText(callbackKey) || !isText(deliveryId) || !isText(headerId)) return undefined;
  if (typeof contentType !== 'string') return undefined;
  return { kind, callbackKey, deliveryId, headerId, receivedAtMs, contentType, body };
}

/** Undefined when it is neither a text nor a number of parts, or both. */
export function sealedBodyOf(value: unknown): SealedBody | undefined {
  const { sealed, parts } = objectOf(value);
  if (isText(sealed) && parts === undefined) return { sealed };
  return isCount(parts) && sealed === undefined ? { parts } : undefined;
}
