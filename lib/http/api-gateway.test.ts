import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventOf } from './api-gateway.test-data.ts';
import { toRequest, toResult } from './api-gateway.ts';

describe('an event', () => {
  it('without body, query or parameters is a request that has none', () => {
    const request = toRequest(eventOf());
    expect(request).toMatchObject({
      method: 'GET',
      route: '/v1/devices/{appId}/contacts/changes',
      path: '/v1/devices/wx_demo/contacts/changes',
      surface: 'rest',
      pathParameters: {},
      query: {},
      queryString: '',
      domainName: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
      receivedAtMs: 1_705_039_230_000,
    });
    expect(request.body().byteLength).toBe(0);
  });

  it('gives parameters and query decoded, and the query as it was sent beside', () => {
    const event = eventOf({
      pathParameters: { appId: 'wx_demo' },
      queryStringParameters: { since: '"a b"', tag: '1,2' },
      rawQueryString: 'since=%22a%20b%22&tag=1&tag=2',
      cookies: ['session=1; Secure', 'theme=dark'],
    });
    const { pathParameters, query, queryString } = toRequest(event);
    expect(pathParameters).toEqual({ appId: 'wx_demo' });
    expect(query).toEqual({ since: '"a b"', tag: '1,2' });
    expect(queryString).toBe('since=%22a%20b%22&tag=1&tag=2');
  });

  it('gives a header whatever the case of its name, and nothing for one that did not come', () => {
    expect(toRequest(eventOf()).header('x-gewe-token')).toBe('token-of-header');
    const mixed = toRequest(eventOf({ headers: { 'X-GEWE-TOKEN': 'token', Prefer: 'wait=1, wait=2' } }));
    expect(mixed.header('x-gewe-token')).toBe('token');
    expect(mixed.header('prefer')).toBe('wait=1, wait=2');
    expect(mixed.header('cookie')).toBeUndefined();
  });

  it('gives the bytes of its body, Base64 or text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        expect(Buffer.from(toRequest(eventOf({ body, isBase64Encoded: true })).body())).toEqual(
          Buffer.from(bytes),
        );
      }),
    );
    const text = '\ufeff{"newMsgId":3768973957878705021,"content":"你好 \\u4f60"}\r\n';
    expect(Buffer.from(toRequest(eventOf({ body: text })).body()).toString('utf8')).toBe(text);
  });

  it.each([
    ['POST /gewe/v2/api/{group}/{operation}', '/prod/gewe/v2/api/message/postText', 'gewe'],
    ['POST /v2/api/contacts/fetchContactsList', '/v2/api/contacts/fetchContactsList', 'gewe'],
    ['PUT /v1/callback', '/v1/callback', 'rest'],
    ['$default', '/gewe/v2/api', 'gewe'],
    ['$default', '/v2/api/x', 'gewe'],
    ['$default', '/v2/apix', 'rest'],
    ['$default', '/', 'rest'],
  ])('of %s at %s is a call of the API %s', (routeKey, rawPath, surface) => {
    const request = toRequest(eventOf({ routeKey, rawPath }));
    const route = routeKey === '$default' ? undefined : routeKey.split(' ')[1];
    expect(request).toMatchObject({ surface, path: rawPath });
    expect(request.route).toBe(route);
  });
});

describe('an answer', () => {
  const headers = { 'Content-Type': 'application/json' };

  it('of text goes out as it is', () => {
    expect(toResult({ status: 200, headers, body: '{"msg":"操作成功"}' })).toEqual({
      statusCode: 200,
      headers,
      body: '{"msg":"操作成功"}',
    });
  });

  it('of bytes goes out in Base64, those of a view alone, and none too', () => {
    const packed = gzipSync('{"ret":200}');
    const view = Buffer.concat([Buffer.from([0, 255]), packed]).subarray(2);
    for (const bytes of [packed, view, new Uint8Array()]) {
      expect(toResult({ status: 200, headers, body: bytes })).toEqual({
        statusCode: 200,
        headers,
        body: Buffer.from(bytes).toString('base64'),
        isBase64Encoded: true,
      });
    }
  });

  it('without a body has none', () => {
    expect(toResult({ status: 204 })).toEqual({ statusCode: 204, headers: {} });
    expect(toResult({ status: 304, headers })).toEqual({ statusCode: 304, headers });
  });
});
