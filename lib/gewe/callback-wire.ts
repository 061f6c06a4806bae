import { type CallbackEvent, isChatroomId } from '../callbacks/event.ts';
import type { EpochMs } from '../device/record.ts';
import { memberOf, numberIn, parseExactly, textIn } from './callback-json.ts';
import { endsRoom, isOrdinary } from './callback-notices.ts';
import { isObject, type JsonObject } from './envelope.ts';

/** Longer is no id: it would only fill the table. */
const maxIdLength = 128;

/**
 * What one of GeWe's callbacks says, in any of its shapes: v1 (`TypeName`, self-hosted `type_name`), v2 (flat, `msgType`),
 * or a probe. Never throws, and nothing of a body's own texts is in the result but ids.
 *
 * Sources: GeWe's documentation of callbacks; what public clients record of v2 and of self-hosted builds.
 */
export function parseCallback(body: Uint8Array): CallbackEvent {
  const json = parseExactly(body);
  if (!isObject(json)) return body.byteLength === 0 ? { kind: 'probe' } : { kind: 'unknown' };
  const typeName = textIn(memberOf(json, 'typename'));
  const msgType = textIn(memberOf(json, 'msgtype'));
  if (typeName === undefined && msgType === undefined)
    return isProbe(json) ? { kind: 'probe' } : { kind: 'unknown' };
  const appId = idIn(memberOf(json, 'appid'));
  if (appId === undefined) return { kind: 'unknown' };
  return typeName !== undefined ? v1(appId, typeName, json) : v2(appId, msgType ?? '', json);
}

function isProbe(json: JsonObject): boolean {
  return ['testmsg', 'callbackurl'].some((name) => memberOf(json, name) !== undefined);
}

/** What both shapes call alike, once written alike. Logging in has failed or has begun in those that are not here. */
const presences: Readonly<Record<string, 'offline' | 'online'>> = {
  OFFLINE: 'offline',
  LOGOUT: 'offline',
  LONGDISCONNECTED: 'offline',
  RECONNECTFAILED: 'offline',
  LOGINSUCCESS: 'online',
  LONGCONNECTED: 'online',
  RECONNECTSUCCESS: 'online',
};
const changes: Readonly<Record<string, 'modified' | 'deleted'>> = {
  MODCONTACTS: 'modified',
  FRIENDCONFIRM: 'modified',
  DELCONTACTS: 'deleted',
};
const meaningless: ReadonlySet<string> = new Set(['LOGINERROR', 'RECONNECTSTART']);

/**
 * WeChat's type of what it tells an account's other terminals when one of them opens or reads a chat: nobody speaks. Rooms
 * that the account has left are opened and read, too.
 */
const statusNotify = '51';

/** What is no message, in either shape. `subject`: whose contact changed; `json`: what has its time, if it has one. */
function notice(
  appId: string,
  type: string,
  subject: string | undefined,
  json: JsonObject,
): CallbackEvent | undefined {
  const name = type.replaceAll('_', '').toUpperCase();
  const presence = presences[name];
  if (presence) return { kind: 'presence', appId, presence, ...writtenIn(json) };
  const change = changes[name];
  if (change)
    return { kind: 'contact', appId, change, ...(subject !== undefined && { subject }), ...writtenIn(json) };
  return meaningless.has(name) ? { kind: 'other', appId } : undefined;
}

function v1(appId: string, typeName: string, json: JsonObject): CallbackEvent {
  const given = memberOf(json, 'data');
  const data = isObject(given) ? given : {};
  const told = notice(appId, typeName, idIn(memberOf(data, 'username')), data);
  if (told) return told;
  if (typeName.replaceAll('_', '').toLowerCase() !== 'addmsg') return { kind: 'other', appId };
  const type = String(numberIn(memberOf(data, 'msgtype')) ?? '');
  if (type === statusNotify) return { kind: 'other', appId, ...messageIdIn(data) };
  const from = idIn(memberOf(data, 'fromusername'));
  const to = idIn(memberOf(data, 'tousername'));
  const message = { appId, ...messageIdIn(data), ...writtenIn(data) };
  const room = [from, to].find((id) => id !== undefined && isChatroomId(id));
  if (room === undefined) return { kind: 'message', ...message };
  const isEnd = endsRoom(type, [textIn(memberOf(data, 'content'))]);
  return { kind: isEnd ? 'removal' : 'message', room, ...message };
}

function v2(appId: string, msgType: string, json: JsonObject): CallbackEvent {
  const given = memberOf(json, 'data');
  const data = isObject(given) ? given : {};
  const [from, group, to] = ['fromuser', 'fromgroup', 'touser'].map((name) => idIn(memberOf(json, name)));
  const named = idIn(memberOf(json, 'username')) ?? idIn(memberOf(data, 'username'));
  const told = notice(appId, msgType, named ?? group ?? from, json);
  if (told) return told;
  if (msgType === statusNotify) return { kind: 'other', appId, ...messageIdIn(json) };
  const message = { appId, ...messageIdIn(json), ...writtenIn(json) };
  const room = [group, from, to].find((id) => id !== undefined && isChatroomId(id));
  if (room === undefined) return { kind: 'message', ...message };
  const contents = ['rawcontent', 'content'].map((name) => textIn(memberOf(json, name)));
  const isEnd = !isOrdinary(msgType) && endsRoom(msgType, contents);
  return { kind: isEnd ? 'removal' : 'message', room, ...message };
}

function idIn(value: unknown): string | undefined {
  const id = textIn(value);
  return id !== undefined && id.length <= maxIdLength ? id : undefined;
}

/** Ids of ten digits are not unique: GeWe makes them up for what has none. */
function messageIdIn(object: JsonObject): { readonly messageId?: string } {
  const value = memberOf(object, 'newmsgid');
  const digits = typeof value === 'number' ? String(value) : textIn(value);
  const isReal =
    digits !== undefined && /^-?\d{1,20}$/.test(digits) && !/^\d{10}$/.test(digits) && Number(digits) !== 0;
  return isReal ? { messageId: digits } : {};
}

/** v1 gives seconds, v2 milliseconds: 100,000,000,000 is the year 5138, or 1973. */
function writtenIn(object: JsonObject): { readonly writtenAtMs?: EpochMs } {
  const time = numberIn(memberOf(object, 'createtime'));
  if (time === undefined || !Number.isSafeInteger(time) || time <= 0) return {};
  return { writtenAtMs: time > 100_000_000_000 ? time : time * 1000 };
}
