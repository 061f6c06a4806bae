import type { RoomAnswer, RoomInfoClient } from '../chatrooms/ports.ts';
import type { RoomInfo } from '../chatrooms/room-rules.ts';
import { type Failure, failure, isObject, type Success } from './envelope.ts';
import { type QuickCallOptions, quickCall } from './exchange.ts';

/** Longer is no name: it would only fill the table. */
const maxTextLength = 512;

/** GeWe's `group/getChatroomInfo` over HTTP: one request a call. */
export function createRoomInfoClient(options: QuickCallOptions): RoomInfoClient {
  return {
    async fetchInfo({ token, appId }, roomId, signal) {
      const path = '/group/getChatroomInfo';
      const body = { appId, chatroomId: roomId };
      return answerOf(await quickCall(options, { path, token, body, signal }));
    },
  };
}

function answerOf(said: Success | Failure): RoomAnswer {
  const info = said.kind === 'success' ? infoIn(said) : said;
  return 'class' in info ? { kind: 'failure', class: info.class } : { kind: 'room', info };
}

/** Source: GeWe's documentation; public clients have seen every member null. */
function infoIn({ data, intact }: Success): RoomInfo | Failure {
  if (data === undefined || data === null) return failure('upstream-empty');
  if (!isObject(data) || !intact) return failure('upstream-malformed');
  const { nickName, remark, chatRoomOwner, memberList } = data;
  return {
    name: textIn(nickName),
    remark: textIn(remark),
    owner: textIn(chatRoomOwner),
    memberCount: Array.isArray(memberList) ? memberList.length : null,
  };
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxTextLength) : null;
}
