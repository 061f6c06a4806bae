import { describe, expect, it } from 'vitest';
import { callbackAnswer, callbackInputOf, putCallbackAnswer, urlBaseOf } from './callback-answer.ts';
import { jsonOf, requestTo } from './request.test-data.ts';

const requestWith = (body: string) =>
  requestTo('PUT /v1/callback', { body, headers: { host: 'evil.example.com' } });
const urlBase = 'https://api.example.com/v1/callbacks/';
const record = {
  rev: 1,
  tokenKey: new Uint8Array(32),
  salt: new Uint8Array(16),
  idHash: new Uint8Array(32),
  registered: true,
  createdAtMs: 0,
  ownHosts: [],
};
const callback = { id: 'the-id', record };

describe('the URL', () => {
  it('is of the gateway’s own name, or of what the operator says, and never of the Host header', () => {
    expect(urlBaseOf(requestWith('{}'), undefined)).toBe(urlBase);
    const behind = 'http://127.0.0.1:3000/prefix';
    expect(urlBaseOf(requestWith('{}'), behind)).toBe(`${behind}/v1/callbacks/`);
  });
});

describe('what the body asks for', () => {
  it('is nothing but a URL unless it says more', () => {
    const ownHosts = ['api.example.com'];
    expect(callbackInputOf(requestWith('{}'), undefined)).toEqual({ register: false, urlBase, ownHosts });
    expect(callbackInputOf(requestWith('{"forwardTo":null}'), undefined)).not.toHaveProperty('forwardTo');
    const all = '{"register":true,"forwardTo":"https://bot.example.com"}';
    expect(callbackInputOf(requestWith(all), 'https://contacts.example.com:8443')).toEqual({
      register: true,
      forwardTo: 'https://bot.example.com',
      urlBase: 'https://contacts.example.com:8443/v1/callbacks/',
      ownHosts: ['contacts.example.com:8443', 'api.example.com'],
    });
  });

  it('is refused with a pointer', () => {
    expect(() => callbackInputOf(requestWith('{"register":"yes"}'), undefined)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        parts: [{ pointer: '/register', detail: 'must be boolean' }],
      }),
    );
  });
});

describe('the answer', () => {
  it('is the callback, created or as it is now, for nobody to keep', () => {
    const created = putCallbackAnswer({ kind: 'stored', created: true, callback }, urlBase);
    expect(created).toMatchObject({ status: 201, headers: { 'Cache-Control': 'no-store' } });
    expect(jsonOf(created)).toEqual({
      url: `${urlBase}the-id`,
      registered: true,
      forwardTo: null,
      createdAt: '1970-01-01T00:00:00.000Z',
      lastCallbackAt: null,
    });
    const known = {
      ...callback,
      record: { ...record, forwardTo: 'https://b.example.com', lastReceivedAtMs: 1_000 },
    };
    const again = putCallbackAnswer({ kind: 'stored', created: false, callback: known }, urlBase);
    expect(again.status).toBe(200);
    expect(jsonOf(again)).toMatchObject({
      forwardTo: 'https://b.example.com',
      lastCallbackAt: '1970-01-01T00:00:01.000Z',
    });
  });

  it('points at a target that may not be forwarded to, and says why', () => {
    const refused = { kind: 'target-rejected', why: 'must be an http or https URL' } as const;
    expect(() => putCallbackAnswer(refused, urlBase)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        parts: [{ pointer: '/forwardTo', detail: 'must be an http or https URL' }],
      }),
    );
  });

  it.each(['token-rejected', 'token-unverified', 'callback-not-registered'] as const)(
    'is the problem %s',
    (why) => {
      expect(() => putCallbackAnswer({ kind: 'rejected', why }, urlBase)).toThrow(
        expect.objectContaining({ code: why }),
      );
    },
  );

  it('is a problem when there is no callback', () => {
    expect(() => callbackAnswer(200, undefined, urlBase)).toThrow(
      expect.objectContaining({ code: 'callback-not-found' }),
    );
  });
});
