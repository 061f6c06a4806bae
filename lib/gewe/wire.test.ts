import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../device/failures.ts';
import type { UpstreamAnswer } from '../device/ports.ts';
import { parseOversized } from './envelope.ts';
import { cleanIds, parseAnswer } from './wire.ts';

const empty: UpstreamAnswer = { kind: 'empty' };
const failed = (failureClass: FailureClass, mayStillRun = false): UpstreamAnswer => ({
  kind: 'failure',
  class: failureClass,
  mayStillRun,
});
const answered = (json: unknown, httpStatus = 200): UpstreamAnswer =>
  parseAnswer({ httpStatus, body: JSON.stringify(json) });
const succeeded = (data: unknown): UpstreamAnswer => answered({ ret: 200, msg: '操作成功', data });

describe('a success', () => {
  it('is a list, whatever its msg says', () => {
    const data = { friends: ['weixin'], chatrooms: ['1@chatroom'], ghs: ['gh_1'] };
    for (const msg of ['操作成功', '获取联系人信息成功', '执行成功', null, undefined, 7]) {
      expect(answered({ ret: 200, msg, data })).toEqual({ kind: 'list', contacts: data });
    }
  });

  it('is read from bytes, with or without a byte order mark', () => {
    const contacts = { friends: ['weixin', '朋友'], chatrooms: [], ghs: [] };
    const text = JSON.stringify({ ret: 200, data: contacts });
    for (const body of [text, `\ufeff${text}`, Buffer.from(text), Buffer.from(`\ufeff${text}`)]) {
      expect(parseAnswer({ httpStatus: 200, body })).toEqual({ kind: 'list', contacts });
    }
  });

  it('keeps nothing of data but the three arrays', () => {
    expect(succeeded({ friends: ['a'], chatrooms: null, ghs: [], more: ['b'] })).toEqual({
      kind: 'list',
      contacts: { friends: ['a'], chatrooms: [], ghs: [] },
    });
  });

  it('puts an id where it came, whatever its prefix', () => {
    const contacts = {
      friends: ['gh_1', '2@chatroom'],
      chatrooms: ['wxid_3'],
      ghs: ['Tencent-Games', 'gh_1'],
    };
    expect(succeeded(contacts)).toEqual({ kind: 'list', contacts });
  });

  it.each([
    ['absent', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty array', []],
    ['three empty arrays', { friends: [], chatrooms: [], ghs: [] }],
    ['three nulls', { friends: null, chatrooms: null, ghs: null }],
    ['one empty array', { friends: [] }],
    ['arrays of dirt', { friends: [null, 'null', ' ', ''], chatrooms: [null], ghs: [0, {}] }],
    ['an object about something else', { code: '0', msg: 'ok' }],
  ])('has no list when data is %s', (_, data) => {
    expect(succeeded(data)).toEqual(empty);
  });

  it.each([
    ['a key is missing', { friends: ['a'], chatrooms: ['b'] }],
    ['a key is missing beside an empty array', { friends: ['a'], ghs: [] }],
    ['an array is a string', { friends: ['a'], chatrooms: 'b', ghs: [] }],
    ['an array is an object', { friends: { 0: 'a' }, chatrooms: [], ghs: [] }],
    ['data is true', true],
    ['data is a string', '[]'],
    ['data is an array of ids', ['a']],
  ])('is malformed when %s', (_, data) => {
    expect(succeeded(data)).toEqual(failed('upstream-malformed'));
  });

  it('is malformed when an id is no UTF-8', () => {
    const body = Buffer.from('{"ret":200,"data":{"friends":["\xff"],"chatrooms":[],"ghs":[]}}', 'latin1');
    expect(parseAnswer({ httpStatus: 200, body })).toEqual(failed('upstream-malformed'));
  });

  it('is none under an HTTP status of an error', () => {
    const list = { ret: 200, data: { friends: ['a'], chatrooms: [], ghs: [] } };
    expect(answered(list, 502)).toEqual(failed('upstream-error', true));
    expect(answered(list, 404)).toEqual(failed('upstream-error'));
  });
});

describe('an error', () => {
  const rejected = { ret: 500, msg: 'HTTP HEADER: X-GEWE-TOKEN=secret 不可用或已过期' };
  const unknown = { ret: 500, msg: '获取失败', data: { code: '-1', msg: '[wx_lM-h71]设备不存在' } };
  const offline = { ret: 500, msg: '获取联系人列表失败', data: { code: '-1', msg: '微信已离线' } };

  it.each<[unknown, FailureClass]>([
    [rejected, 'token-rejected'],
    [{ ret: 500, msg: 'header:X-GEWE-TOKEN 不可为空' }, 'token-rejected'],
    [unknown, 'device-unknown'],
    [offline, 'device-offline'],
    [{ ret: 500, msg: '未登录' }, 'device-offline'],
    [{ ret: -1, msg: null, data: { code: -1, msg: '登录过期，请重新登录' } }, 'device-offline'],
    [{ ret: 500, msg: '已退出登录', data: null }, 'device-offline'],
    [{ ret: null, msg: '设备掉线' }, 'device-offline'],
    [
      { ret: 500, msg: '创建设备失败', data: { code: '-1', msg: 'exceeded maximum retries' } },
      'upstream-error',
    ],
    [{ ret: 500, msg: null }, 'upstream-error'],
    [{ ret: null, msg: null, data: true }, 'upstream-error'],
    [{ ret: '200', data: { friends: ['a'], chatrooms: [], ghs: [] } }, 'upstream-error'],
    [{ ret: 200.5 }, 'upstream-error'],
  ])('is told by its text: %j', (json, failureClass) => {
    expect(answered(json)).toEqual(failed(failureClass));
  });

  it('is told by its text under any HTTP status', () => {
    for (const httpStatus of [302, 400, 401, 404, 500, 502, 504]) {
      expect(answered(rejected, httpStatus)).toEqual(failed('token-rejected'));
      expect(answered(unknown, httpStatus)).toEqual(failed('device-unknown'));
      expect(answered(offline, httpStatus)).toEqual(failed('device-offline'));
    }
  });

  it('is told even when its text came in another character set', () => {
    const body = Buffer.from('{"ret":500,"msg":"X-GEWE-TOKEN=t \xb2\xbb"}', 'latin1');
    expect(parseAnswer({ httpStatus: 200, body })).toEqual(failed('token-rejected'));
  });

  it('is not told by a text outside an envelope', () => {
    expect(answered({ msg: 'X-GEWE-TOKEN' })).toEqual(failed('upstream-malformed'));
    expect(answered({ ret: 200, msg: '离线' })).toEqual(empty);
  });
});

describe('an answer that is no envelope', () => {
  it.each([500, 502, 503, 504, 599])('leaves open what GeWe does when HTTP says %i', (httpStatus) => {
    const expected = failed('upstream-error', true);
    for (const body of ['', '<html>502 Bad Gateway</html>', '{}', '{"ret":500,"msg":null}', '{"ret":5']) {
      expect(parseAnswer({ httpStatus, body })).toEqual(expected);
    }
    expect(parseOversized(httpStatus)).toEqual(expected);
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 413, 422, 429])(
    'is an error when HTTP says %i',
    (httpStatus) => {
      for (const body of ['', '<html></html>', '[]', '{"type":"about:blank"}']) {
        expect(parseAnswer({ httpStatus, body })).toEqual(failed('upstream-error'));
      }
      expect(parseOversized(httpStatus)).toEqual(failed('upstream-error'));
    },
  );

  it.each(['', ' ', 'ok', '<html></html>', '{"ret":200,"data":{"friends":["a"', '{"ret":200}x'])(
    'is malformed when HTTP says 2xx, and GeWe may still be at work: %j',
    (body) => {
      expect(parseAnswer({ httpStatus: 200, body })).toEqual(failed('upstream-malformed', true));
      expect(parseAnswer({ httpStatus: 204, body })).toEqual(failed('upstream-malformed', true));
    },
  );

  it.each(['null', '7', '"ret"', '[]', '{}', '{"data":{}}', '[{"ret":200}]'])(
    'is malformed and the call has ended when it is other JSON: %s',
    (body) => {
      expect(parseAnswer({ httpStatus: 200, body })).toEqual(failed('upstream-malformed'));
    },
  );

  it('is malformed when it is too large to be read', () => {
    expect(parseOversized(200)).toEqual(failed('upstream-malformed'));
  });
});

describe('cleaning', () => {
  it('drops null, "null", blank strings and what is no string, and keeps the first of equals', () => {
    expect(cleanIds(['b', null, 'a', 'null', '', ' \t', 7, {}, ['x'], true, 'b', 'a', 'NULL'])).toEqual([
      'b',
      'a',
      'NULL',
    ]);
  });

  it('trims nothing', () => {
    expect(cleanIds([' a', 'a', 'a '])).toEqual([' a', 'a', 'a ']);
  });
});
