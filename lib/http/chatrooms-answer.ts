import type { ChatroomPage, ListedRoom } from '../chatrooms/read.ts';
import type { Chatroom, ChatroomPage as Page } from '../contract/types.generated.ts';
import { isCursor, isLimit } from '../contract/validators.generated.js';
import { type Answer, faultAnswer, json, timeOrNull } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** Which page is asked for: `limit` and the id that it begins after. */
export interface PageRequest {
  readonly limit: number;
  readonly afterId?: string;
}

const defaultLimit = 100;

/** Throws `Fault`. */
export function pageOf({ query }: HttpRequest): PageRequest {
  const { limit: limitText, cursor } = query;
  const limit = limitText === undefined ? defaultLimit : /^\d{1,3}$/.test(limitText) ? Number(limitText) : 0;
  if (!isLimit(limit)) {
    throw new Fault('invalid-request', [
      { parameter: 'limit', detail: 'must be a whole number from 1 to 500' },
    ]);
  }
  if (cursor === undefined) return { limit };
  if (!isCursor(cursor)) {
    throw new Fault('invalid-request', [
      { parameter: 'cursor', detail: 'must be the `next` of an earlier page' },
    ]);
  }
  return { limit, afterId: Buffer.from(cursor, 'base64url').toString('utf8') };
}

export function chatroomsAnswer(page: ChatroomPage, { limit }: PageRequest): Answer {
  if (page.kind === 'nothing') {
    return faultAnswer(new Fault('nothing-stored'), 'rest', {}, { start: 'contacts/refreshes' });
  }
  const next = page.next === undefined ? null : Buffer.from(page.next).toString('base64url');
  return json<Page>(
    200,
    { chatrooms: page.rooms.map(roomOf), next },
    {
      'Cache-Control': 'private, no-cache',
      Vary: 'X-GEWE-TOKEN',
      ...(next !== null && { Link: `<chatrooms?limit=${limit}&cursor=${next}>; rel="next"` }),
    },
  );
}

function roomOf({ id, isSaved, discovered }: ListedRoom): Chatroom {
  const { info, leftAtMs } = discovered ?? {};
  return {
    id,
    saved: isSaved,
    discovered: discovered !== undefined,
    status: leftAtMs === undefined ? 'joined' : 'left',
    name: info?.name ?? null,
    remark: info?.remark ?? null,
    owner: info?.owner ?? null,
    memberCount: info?.memberCount ?? null,
    firstHeardAt: timeOrNull(discovered?.firstHeardAtMs),
    lastHeardAt: timeOrNull(discovered?.lastHeardAtMs),
    leftAt: timeOrNull(leftAtMs),
  };
}
