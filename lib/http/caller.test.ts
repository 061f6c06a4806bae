import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callbackKeyOf } from '../callbacks/callback-id.ts';
import { deviceKeyOf, tokenKeyOf } from '../device/keys.ts';
import { callbackOf, deviceOf, tokenOf } from './caller.ts';
import { type RequestParts, requestTo } from './request.test-data.ts';

const all = new Set<string>();
const token = 'token-of-caller';
const withToken = (parts: RequestParts = {}, sent = token) => ({
  ...parts,
  headers: { 'x-gewe-token': sent },
});
const ofRest = (appId: string) =>
  requestTo('GET /v1/devices/{appId}/contacts', withToken({ pathParameters: { appId } }));
const ofGewe = (body: unknown) =>
  requestTo('POST /v2/api/contacts/fetchContactsList', withToken({ body: JSON.stringify(body) }));
const faultWith = (code: string, ...parts: object[]) =>
  expect.objectContaining({ code, ...(parts.length > 0 && { parts }) });

describe('the owner of a device', () => {
  it.each([
    ['the path, of the REST API', ofRest('wx_demo')],
    ['the body, of the GeWe-compatible API', ofGewe({ appId: 'wx_demo', other: 1 })],
  ])(
    'has the token of the header and the app id of %s, and the keys that are made of both',
    (_where, request) => {
      expect(deviceOf(request, all)).toEqual({
        token,
        appId: 'wx_demo',
        tokenKey: tokenKeyOf(token),
        deviceKey: deviceKeyOf(token, 'wx_demo'),
      });
    },
  );

  it.each(['', 'a b', 'a/b', '../x', 'x'.repeat(129), 'é'])('has no app id %j in a path', (appId) => {
    const part = { parameter: 'appId', detail: expect.stringMatching(/./) };
    expect(() => deviceOf(ofRest(appId), all)).toThrow(faultWith('invalid-request', part));
  });

  it.each([
    [{}, '/appId', 'appId 不可为空'],
    [{ appId: '' }, '/appId', 'appId 不可为空'],
    [{ appId: null }, '/appId', 'appId 不可为空'],
    [{ appId: 'a b' }, '/appId', 'appId 格式不正确，应为 1 至 128 个字母、数字、- 或 _'],
    [{ appId: 7 }, '/appId', 'appId 格式不正确，应为 1 至 128 个字母、数字、- 或 _'],
    [[], '', '请求体应为 JSON 对象'],
    ['wx_demo', '', '请求体应为 JSON 对象'],
  ])('has none in the body %j', (body, pointer, detail) => {
    expect(() => deviceOf(ofGewe(body), all)).toThrow(faultWith('invalid-request', { pointer, detail }));
  });

  it('is judged by the token first', () => {
    const request = requestTo('POST /v2/api/contacts/fetchContactsList', { body: '{' });
    expect(() => deviceOf(request, all)).toThrow(faultWith('token-missing'));
  });
});

it('the owner of a callback has the token of the header, and the keys that are made of it', () => {
  const tokenKey = tokenKeyOf(token);
  expect(callbackOf(requestTo('GET /v1/callback', withToken()), all)).toEqual({
    token,
    tokenKey,
    callbackKey: callbackKeyOf(tokenKey),
  });
});

describe('a token', () => {
  const tokenIn = (sent: string | undefined, allowed = all) =>
    tokenOf(requestTo('GET /v1/callback', sent === undefined ? {} : withToken({}, sent)), allowed);

  it.each([undefined, '', '  '])('is missing when the header is %j', (sent) => {
    expect(() => tokenIn(sent)).toThrow(faultWith('token-missing'));
  });

  it('is 1 to 512 visible ASCII characters, without the spaces around it', () => {
    expect(tokenIn(` ${token}\t`)).toBe(token);
    expect(tokenIn('x'.repeat(512))).toHaveLength(512);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isToken = /^[!-~]{1,512}$/.test(text.trim());
        fc.pre(text.trim() !== '');
        if (isToken) expect(tokenIn(text)).toBe(text.trim());
        else expect(() => tokenIn(text)).toThrow(faultWith('token-invalid'));
      }),
    );
    expect(() => tokenIn('x'.repeat(513))).toThrow(faultWith('token-invalid'));
  });

  it('has to be one of those whose hashes the operator lists', () => {
    const listed = new Set([createHash('sha256').update(token).digest('hex')]);
    expect(tokenIn(token, listed)).toBe(token);
    expect(() => tokenIn('another', listed)).toThrow(faultWith('token-not-allowed'));
  });
});
