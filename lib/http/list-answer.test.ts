import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptsGzip, hasList, namesDigest, storedListAnswer } from './list-answer.ts';
import { jsonOf, requestTo } from './request.test-data.ts';

const gewe = 'POST /v2/api/contacts/fetchContactsListCache';
const rest = 'GET /v1/devices/{appId}/contacts';
const text = '{"ret":200,"data":{"friends":["\\u670b"]}}';
const snapshot = {
  slot: 'A',
  digest: 'abc',
  asOfMs: 1_000,
  changedAtMs: 0,
  counts: { friends: 1, chatrooms: 0, ghs: 0 },
  partDigests: [],
  receivedAtMs: 2_000,
} as const;
const stored = { kind: 'list', snapshot, gzip: gzipSync(text) } as const;

describe('the stored list', () => {
  it('goes to who takes gzip as the very bytes that are stored, and to all others decoded', () => {
    const packed = storedListAnswer(
      stored,
      requestTo(rest, { headers: { 'accept-encoding': 'gzip' } }),
      61_000,
    );
    expect(packed.body).toBe(stored.gzip);
    expect(packed).toMatchObject({ status: 200, headers: { 'Content-Encoding': 'gzip', Age: '60' } });
    for (const route of [gewe, rest]) {
      const plain = storedListAnswer(stored, requestTo(route), 61_000);
      expect(plain.body).toBe(text);
      expect(plain.headers).toMatchObject({ ETag: 'W/"abc"', 'Content-Type': 'application/json' });
      expect(plain.headers).not.toHaveProperty('Content-Encoding');
    }
  });

  it('is known to who names it in the REST API, and is not sent again', () => {
    const headers = { 'if-none-match': 'W/"abc"' };
    expect(hasList(requestTo(rest, { headers }), 'abc')).toBe(true);
    expect(hasList(requestTo(gewe, { headers }), 'abc')).toBe(false);
    const answer = storedListAnswer({ kind: 'known', snapshot }, requestTo(rest, { headers }), 0);
    expect(answer).toMatchObject({ status: 304, headers: { ETag: 'W/"abc"', Age: '0' } });
    expect(answer).not.toHaveProperty('body');
  });

  it('that is not there is an empty success for clients of GeWe, and a problem that says how to start for all others', () => {
    const nothing = { kind: 'nothing' } as const;
    const envelope = storedListAnswer(nothing, requestTo(gewe), 0);
    expect([envelope.status, jsonOf(envelope)]).toEqual([200, { ret: 200, msg: '操作成功' }]);
    const problem = storedListAnswer(nothing, requestTo(rest), 0);
    expect(jsonOf(problem)).toMatchObject({ status: 404, start: 'contacts/refreshes' });
  });
});

describe('If-None-Match', () => {
  it.each([
    ['W/"abc"', true],
    ['"abc"', true],
    ['"x", W/"abc"', true],
    [' * ', true],
    ['W/"abcd"', false],
    ['abc', false],
    ['', false],
    [undefined, false],
  ])('%j names the list abc: %j', (header, expected) => {
    expect(namesDigest(header, 'abc')).toBe(expected);
  });
});

describe('Accept-Encoding', () => {
  it.each([
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip;q=0.5', true],
    ['x-gzip', true],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip; q=0.0', false],
    ['identity', false],
    ['br', false],
    ['', false],
    [undefined, false],
  ])('%j takes gzip: %j', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });
});
