import { createHash } from 'node:crypto';
import type { EpochMs } from '../device/record.ts';

/** A message of GeWe's, with what identifies it. */
interface Message {
  readonly appId: string;
  /** GeWe's 64-bit id, exactly; absent where there is none to rely on. */
  readonly messageId?: string;
  /** When it was written, by its own account. */
  readonly writtenAtMs?: EpochMs;
}

/** What one of GeWe's callbacks reports, whichever shape it has. `appId`: the device. */
export type CallbackEvent =
  /** Somebody wrote something. `room`: the chatroom it was written in. */
  | ({ readonly kind: 'message'; readonly room?: string } & Message)
  /** The account was removed from the room, or the room was dissolved. */
  | ({ readonly kind: 'removal'; readonly room: string } & Message)
  /** A friend, an official account or a chatroom came, changed or went. `subject`: its id, where it is given. */
  | {
      readonly kind: 'contact';
      readonly appId: string;
      readonly change: 'modified' | 'deleted';
      readonly subject?: string;
      readonly writtenAtMs?: EpochMs;
    }
  /** The device was logged out of WeChat, or is logged in. */
  | {
      readonly kind: 'presence';
      readonly appId: string;
      readonly presence: 'offline' | 'online';
      readonly writtenAtMs?: EpochMs;
    }
  /** Something about a device that means nothing here. `messageId`: as a message's. */
  | { readonly kind: 'other'; readonly appId: string; readonly messageId?: string }
  /** GeWe tries out the URL. */
  | { readonly kind: 'probe' }
  /** None of GeWe's shapes. */
  | { readonly kind: 'unknown' };

/** Whether an id is a chatroom's, rather than a person's or an official account's. */
export function isChatroomId(id: string): boolean {
  return /@(?:im\.)?chatroom$/.test(id);
}

const separator = '\u001f';

/**
 * The id of a callback in the header that the target gets, 22 characters of base64url: the same for GeWe's own repeats of a message. What has
 * no id of its own is named by its delivery.
 */
export function headerIdOf(event: CallbackEvent, callbackKey: string, deliveryId: string): string {
  if (!('messageId' in event) || event.messageId === undefined) return deliveryId;
  const { appId, messageId } = event;
  const named = [callbackKey, appId, messageId].join(separator);
  return createHash('sha256').update(named).digest('base64url').slice(0, 22);
}
