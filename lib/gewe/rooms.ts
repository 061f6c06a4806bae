import type { RoomAnswer, RoomInfoClient } from '../chatrooms/ports.ts';
import type { RoomInfo } from '../chatrooms/room-rules.ts';
import { quickTimeoutMs } from './account.ts';
import { type Failure, failure, isObject, parseEnvelope, type Success } from './envelope.ts';
import { exchange, failureOf } from './exchange.ts';

/** Longer is no name: it would only fill the table. */
const maxTextLength = 512;

export interface RoomInfoOptions {
  /** As `geweBaseUrl` gives it. */
  readonly baseUrl: string;
  /** How long a call may take; `quickTimeoutMs` unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/** GeWe's `group/getChatroomInfo` over HTTP: one request a call. */
export function createRoomInfoClient({
  baseUrl,
  timeoutMs = quickTimeoutMs,
}: RoomInfoOptions): RoomInfoClient {
  return {
    async fetchInfo({ token, appId }, roomId, signal) {
      const url = `${baseUrl}/group/getChatroomInfo`;
      const came = await exchange({ url, token, body: { appId, chatroomId: roomId }, timeoutMs, signal });
      if (came.kind === 'aborted') throw signal.reason;
      if (came.kind === 'unsendable') return { kind: 'failure', class: 'token-rejected' };
      return answerOf(came.kind === 'answer' ? parseEnvelope(came) : failureOf(came));
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
