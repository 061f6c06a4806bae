import { describe, expect, it } from 'vitest';
import { geweBaseUrl } from './base-url.ts';

describe('the base URL of GeWe', () => {
  it.each([
    ['http://api.geweapi.com', 'http://api.geweapi.com/gewe/v2/api'],
    ['http://api.geweapi.com/', 'http://api.geweapi.com/gewe/v2/api'],
    ['http://api.geweapi.com/gewe/v2/api', 'http://api.geweapi.com/gewe/v2/api'],
    ['http://api.geweapi.com/gewe/v2/api/', 'http://api.geweapi.com/gewe/v2/api'],
    ['http://192.168.88.4:2531/v2/api', 'http://192.168.88.4:2531/v2/api'],
    ['http://192.168.88.4:2531/v2/api//', 'http://192.168.88.4:2531/v2/api'],
    ['https://proxy.example/wechat', 'https://proxy.example/wechat/gewe/v2/api'],
    ['https://proxy.example/wechat/v2/api', 'https://proxy.example/wechat/v2/api'],
    ['https://proxy.example/myv2/api', 'https://proxy.example/myv2/api/gewe/v2/api'],
    ['HTTP://[::1]:4010', 'http://[::1]:4010/gewe/v2/api'],
    [' http://127.0.0.1:4010 ', 'http://127.0.0.1:4010/gewe/v2/api'],
  ])('%j becomes %j', (text, base) => {
    expect(geweBaseUrl(text)).toBe(base);
  });

  it('stays as it is when it is read again', () => {
    const once = geweBaseUrl('http://api.geweapi.com');
    expect(geweBaseUrl(once)).toBe(once);
  });

  it.each([
    '',
    '   ',
    'api.geweapi.com',
    'api.geweapi.com:80',
    '127.0.0.1:4010',
    '//api.geweapi.com',
    'http:api.geweapi.com',
    'ftp://api.geweapi.com',
    'file:///etc/hosts',
    'http://',
    'http:///gewe',
    'http://a b',
    'http://h:99999',
  ])('is refused when it is %j', (text) => {
    expect(() => geweBaseUrl(text)).toThrow('must be an http or https URL');
  });

  it('holds no credentials, and the refusal does not repeat them', () => {
    for (const text of ['http://me:secret@h', 'http://me@h', 'http://:secret@h']) {
      expect(() => geweBaseUrl(text)).toThrow(/^GEWE_BASE_URL must not hold a user name or a password$/);
    }
  });

  it.each(['http://h/?a=1', 'http://h?', 'http://h/#x', 'http://h#'])(
    'holds no query and no fragment: %j',
    (text) => {
      expect(() => geweBaseUrl(text)).toThrow('must not hold a query');
    },
  );
});
