import { describe, expect, it } from 'vitest';
import { chatroomsAnswer, pageOf } from './chatrooms-answer.ts';
import { jsonOf, requestTo } from './request.test-data.ts';

const route = 'GET /v1/devices/{appId}/chatrooms';
const pageFor = (query: Record<string, string> = {}) => pageOf(requestTo(route, { query }));
const cursor = Buffer.from('1@chatroom').toString('base64url');

describe('the page that is asked for', () => {
  it('is the first, of a hundred rooms, unless it says otherwise', () => {
    expect(pageFor()).toEqual({ limit: 100 });
    expect(pageFor({ limit: '1' })).toEqual({ limit: 1 });
    expect(pageFor({ limit: '500', cursor })).toEqual({ limit: 500, afterId: '1@chatroom' });
  });

  it.each(['0', '501', '-1', '1.5', '', 'x', '1e2', ' 5'])('has no limit of %j', (limit) => {
    const parts = [{ parameter: 'limit', detail: 'must be a whole number from 1 to 500' }];
    expect(() => pageFor({ limit })).toThrow(expect.objectContaining({ code: 'invalid-request', parts }));
  });

  it.each(['', '=', 'a b', 'x'.repeat(201)])('does not begin at %j', (wrong) => {
    const parts = [{ parameter: 'cursor', detail: 'must be the `next` of an earlier page' }];
    expect(() => pageFor({ cursor: wrong })).toThrow(expect.objectContaining({ parts }));
  });
});

describe('the answer', () => {
  it('tells all that is known of a room, and null where nothing is', () => {
    const heard = {
      id: '2@chatroom',
      rev: 5,
      firstHeardAtMs: 0,
      lastHeardAtMs: 60_000,
      leftAtMs: 120_000,
      info: { name: 'name', remark: null, owner: 'wxid_owner', memberCount: 3 },
      attempts: 1,
    };
    const rooms = [
      { id: '1@chatroom', isSaved: true },
      { id: '2@chatroom', isSaved: false, discovered: heard },
    ];
    const answer = chatroomsAnswer({ kind: 'page', rooms }, { limit: 2 });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('Link');
    expect(jsonOf(answer)).toEqual({
      chatrooms: [
        {
          id: '1@chatroom',
          saved: true,
          discovered: false,
          status: 'joined',
          name: null,
          remark: null,
          owner: null,
          memberCount: null,
          firstHeardAt: null,
          lastHeardAt: null,
          leftAt: null,
        },
        {
          id: '2@chatroom',
          saved: false,
          discovered: true,
          status: 'left',
          name: 'name',
          remark: null,
          owner: 'wxid_owner',
          memberCount: 3,
          firstHeardAt: '1970-01-01T00:00:00.000Z',
          lastHeardAt: '1970-01-01T00:01:00.000Z',
          leftAt: '1970-01-01T00:02:00.000Z',
        },
      ],
      next: null,
    });
  });

  it('names the next page, which can be asked for as it is named', () => {
    const rooms = [{ id: '1@chatroom', isSaved: true }];
    const answer = chatroomsAnswer({ kind: 'page', rooms, next: '1@chatroom' }, { limit: 1 });
    expect(answer.headers).toMatchObject({
      Link: `<chatrooms?limit=1&cursor=${cursor}>; rel="next"`,
      'Cache-Control': 'private, no-cache',
      Vary: 'X-GEWE-TOKEN',
    });
    expect(jsonOf(answer)).toMatchObject({ next: cursor });
    expect(pageFor({ limit: '1', cursor })).toEqual({ limit: 1, afterId: '1@chatroom' });
  });

  it('says how to begin when nothing is stored', () => {
    const answer = chatroomsAnswer({ kind: 'nothing' }, { limit: 1 });
    expect(answer.status).toBe(404);
    expect(jsonOf(answer)).toMatchObject({
      type: 'urn:problem-type:gewe-contacts:nothing-stored',
      start: 'contacts/refreshes',
    });
  });
});
