import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from './faults.ts';
import { type PassTerms, passedAnswer, passedCallOf } from './passed-call.ts';
import { type RequestParts, requestTo } from './request.test-data.ts';

const terms: PassTerms = { allowedTokenHashes: new Set(), rule: 'all' };
const headers = { 'x-gewe-token': 'token-of-pass', 'content-type': 'application/json' };
const route = 'POST /gewe/v2/api/{group}/{operation}';

/** As the gateway hands it over. `path`: as it was sent; the names are decoded, as the gateway does. */
function callAt(path: string, [group, operation]: readonly [string, string], more: RequestParts = {}) {
  return requestTo(route, { path, headers, pathParameters: { group, operation }, body: '{}', ...more });
}
const postText = (more: RequestParts = {}) =>
  callAt('/gewe/v2/api/message/postText', ['message', 'postText'], more);

function codeOf(make: () => unknown): string {
  try {
    make();
    return 'passed';
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

describe('a call', () => {
  it('has the names of its path, the token, the content type and the exact bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { body: taken, ...call } = passedCallOf(postText({ body: bytes }), terms);
        expect(Buffer.from(taken)).toEqual(Buffer.from(bytes));
        expect(call).toEqual({
          group: 'message',
          operation: 'postText',
          token: 'token-of-pass',
          contentType: 'application/json',
        });
      }),
    );
  });

  it('keeps how its body is encoded, which has to be the name of a coding', () => {
    const encoded = (coding: string) => postText({ headers: { ...headers, 'content-encoding': coding } });
    expect(passedCallOf(encoded('gzip'), terms)).toMatchObject({ contentEncoding: 'gzip' });
    expect(() => passedCallOf(encoded('gzip\r\nx: y'), terms)).toThrow(Fault);
  });

  it('has the bytes of a text, a byte order mark and 64-bit numbers included', () => {
    const text = '\ufeff{"newMsgId":3768973957878705021,"content":"你好 \\u4f60"}';
    expect(passedCallOf(postText({ body: text }), terms).body).toEqual(Buffer.from(text, 'utf8'));
  });

  it('has no content type when an empty one came', () => {
    expect(passedCallOf(postText({ headers: { ...headers, 'content-type': '' } }), terms)).not.toHaveProperty(
      'contentType',
    );
  });

  it('may come behind a stage or a base path of the gateway', () => {
    const call = callAt('/prod/gewe/v2/api/message/postText', ['message', 'postText']);
    expect(passedCallOf(call, terms)).toMatchObject({ group: 'message', operation: 'postText' });
  });

  it.each([
    ['/gewe/v2/api/message/post%54ext', 'message', 'postText'],
    ['/gewe/v2/api/message/postText/', 'message', 'postText'],
    ['/gewe/v2/api/..%2f..%2fx/postText', '../../x', 'postText'],
    ['/gewe/v2/api/message/..', 'message', '..'],
    ['/gewe/v2/api/message/post.Text', 'message', 'post.Text'],
    ['/gewe/v2/api//message/postText', '', 'message'],
    ['/gewe/v2/api/message/postText;x=1', 'message', 'postText;x=1'],
    ['/gewe/v2/api/@evil.example/x', '@evil.example', 'x'],
    ['/gewe/v2/api/message/post\u0054ext ', 'message', 'postText '],
    [`/gewe/v2/api/message/${'x'.repeat(65)}`, 'message', 'x'.repeat(65)],
    // Sent with an encoded letter, past the route of its own, and handed over decoded.
    ['/gewe/v2/api/contacts/fetchContactsList', 'contacts', 'fetchContactsList'],
    ['/gewe/v2/api/contacts/fetchContactsListCache', 'contacts', 'fetchContactsListCache'],
    ['/gewe/v2/api/Contacts/FetchContactsList', 'Contacts', 'FetchContactsList'],
  ])('is none at %s', (path, group, operation) => {
    expect(codeOf(() => passedCallOf(callAt(path, [group, operation]), terms))).toBe('not-found');
  });

  it('is nothing but two plain names, whatever stands in the path', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (group, operation) => {
        const call = callAt(`/gewe/v2/api/${group}/${operation}`, [group, operation]);
        const areNames = [group, operation].every((name) => /^[a-zA-Z][a-zA-Z0-9]{0,63}$/.test(name));
        expect(codeOf(() => passedCallOf(call, terms))).toBe(areNames ? 'passed' : 'not-found');
      }),
    );
  });

  it.each([
    ['no token', { headers: {} }, 'token-missing'],
    ['a token with a space', { headers: { 'x-gewe-token': 'a b' } }, 'token-invalid'],
    ['a query', { queryString: 'appId=1' }, 'invalid-request'],
    ['8 MB', { body: 'x'.repeat(8_000_000) }, 'request-too-large'],
    ['a content type of two lines', { headers: { ...headers, 'content-type': 'a\nb' } }, 'invalid-request'],
  ])('with %s is refused', (_what, more, code) => {
    expect(codeOf(() => passedCallOf(postText(more), terms))).toBe(code);
  });

  describe.each(['/gewe/v2/api', '/v2/api'])('for a first token, under %s', (prefix) => {
    const asked = (name: 'getTokenId' | 'setCallback', token: Record<string, string>) =>
      requestTo(`POST ${prefix}/{group}/{operation}`, {
        path: `${prefix}/tools/${name}`,
        pathParameters: { group: 'tools', operation: name },
        headers: token,
      });
    const none = [{}, { 'x-gewe-token': '' }, { 'x-gewe-token': ' ' }];

    it.each(none)('needs no token: %o', (token) => {
      expect(passedCallOf(asked('getTokenId', token), terms)).toMatchObject({ token: '' });
      expect(codeOf(() => passedCallOf(asked('setCallback', token), terms))).toBe('token-missing');
    });

    it.each(none)('is refused where the operator lists tokens, or does not pass its group: %o', (token) => {
      const codeUnder = (more: Partial<PassTerms>) =>
        codeOf(() => passedCallOf(asked('getTokenId', token), { ...terms, ...more }));
      expect(codeUnder({ allowedTokenHashes: new Set(['0'.repeat(64)]) })).toBe('token-missing');
      expect(codeUnder({ rule: new Set(['login']) })).toBe('not-passed-through');
    });

    it('has the token that came with it, as any other', () => {
      const came = passedCallOf(asked('getTokenId', { 'x-gewe-token': 'token-of-pass' }), terms);
      expect(came.token).toBe('token-of-pass');
      expect(codeOf(() => passedCallOf(asked('getTokenId', { 'x-gewe-token': 'a b' }), terms))).toBe(
        'token-invalid',
      );
    });
  });

  it('is passed when the operator passes its group, which has its exact name, and knows the token', () => {
    const codeUnder = (more: Partial<PassTerms>) =>
      codeOf(() => passedCallOf(postText(), { ...terms, ...more }));
    expect(codeUnder({ rule: 'none' })).toBe('not-passed-through');
    expect(codeUnder({ rule: new Set(['contacts', 'Message']) })).toBe('not-passed-through');
    expect(codeUnder({ rule: new Set(['contacts', 'message']) })).toBe('passed');
    const hash = createHash('sha256').update('token-of-pass').digest('hex');
    expect(codeUnder({ allowedTokenHashes: new Set([hash]) })).toBe('passed');
    expect(codeUnder({ allowedTokenHashes: new Set(['0'.repeat(64)]), rule: 'none' })).toBe(
      'token-not-allowed',
    );
  });
});

describe('an answer', () => {
  it('is the bytes, the status and the content type that came', () => {
    const body = Buffer.from([0, 255, 10]).subarray(1);
    const came = {
      kind: 'answer',
      httpStatus: 418,
      body,
      contentType: 'x/y',
      contentEncoding: 'br',
    } as const;
    expect(passedAnswer(came)).toEqual({
      status: 418,
      headers: { 'Content-Type': 'x/y', 'Content-Encoding': 'br' },
      body,
    });
    const bare = { kind: 'answer', httpStatus: 204, body: Buffer.alloc(0) } as const;
    expect(passedAnswer(bare)).toEqual({ status: 204, headers: {}, body: bare.body });
  });

  it('says success when the URL has become the target of the callback here', () => {
    expect(passedAnswer({ kind: 'redirected' })).toMatchObject({
      status: 200,
      body: '{"ret":200,"msg":"操作成功"}',
    });
  });
});
