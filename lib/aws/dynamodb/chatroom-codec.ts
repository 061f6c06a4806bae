import type { Ask, Chatroom, RoomInfo } from '../../chatrooms/room-rules.ts';
import { asInteger, asObject, asString, optional, parseStored, Undecodable } from './stored-json.ts';

/** A room but its id and `rev`, which are the item's own: JSON with the names of the domain. */
export function encodeChatroom({ id: _id, rev: _rev, ...content }: Chatroom): string {
  return JSON.stringify(content);
}

/** Throws `Undecodable`, which names the field. */
export function decodeChatroom(id: string, rev: number, content: string | undefined): Chatroom {
  const fields = asObject(parseStored(content, 'chatroom'), 'chatroom');
  const writtenAtMs = optional(fields.writtenAtMs, 'chatroom.writtenAtMs', asInteger);
  const leftAtMs = optional(fields.leftAtMs, 'chatroom.leftAtMs', asInteger);
  const info = optional(fields.info, 'chatroom.info', decodeInfo);
  const ask = optional(fields.ask, 'chatroom.ask', decodeAsk);
  return {
    id,
    rev,
    firstHeardAtMs: asInteger(fields.firstHeardAtMs, 'chatroom.firstHeardAtMs'),
    lastHeardAtMs: asInteger(fields.lastHeardAtMs, 'chatroom.lastHeardAtMs'),
    asked: asInteger(fields.asked, 'chatroom.asked'),
    ...(writtenAtMs !== undefined && { writtenAtMs }),
    ...(leftAtMs !== undefined && { leftAtMs }),
    ...(info && { info }),
    ...(ask && { ask }),
  };
}

function decodeInfo(value: unknown, field: string): RoomInfo {
  const { name, remark, owner, memberCount } = asObject(value, field);
  return {
    name: optional(name, `${field}.name`, asString) ?? null,
    remark: optional(remark, `${field}.remark`, asString) ?? null,
    owner: optional(owner, `${field}.owner`, asString) ?? null,
    memberCount: optional(memberCount, `${field}.memberCount`, asInteger) ?? null,
  };
}

function decodeAsk(value: unknown, field: string): Ask {
  const { failures, reserved, notBeforeMs, givenUp } = asObject(value, field);
  return {
    failures: asInteger(failures, `${field}.failures`),
    reserved: asBoolean(reserved, `${field}.reserved`),
    notBeforeMs: asInteger(notBeforeMs, `${field}.notBeforeMs`),
    givenUp: asBoolean(givenUp, `${field}.givenUp`),
  };
}

function asBoolean(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new Undecodable(field, 'true or false');
  return value;
}
