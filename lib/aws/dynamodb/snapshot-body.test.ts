import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxBodyBytes, packBody, unpackBody } from './snapshot-body.ts';

const ids = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 });

describe('the stored body', () => {
  it('gives back the list it was made of, whatever its ids hold', () => {
    fc.assert(
      fc.property(fc.record({ friends: ids, chatrooms: ids, ghs: ids }), (contacts) => {
        const body = packBody(contacts);
        expect(body && unpackBody(body)).toEqual(contacts);
      }),
    );
  });

  it('is the answer of the GeWe-compatible API, in plain ASCII', () => {
    const text = gunzipSync(packBody({ friends: ['张三'], chatrooms: [], ghs: [] }) ?? '').toString('utf8');
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual({
      ret: 200,
      msg: '操作成功',
      data: { friends: ['张三'], chatrooms: [], ghs: [] },
    });
  });

  it('is none when a Lambda function could not answer it as text', () => {
    const packs = (id: string) => packBody({ friends: [id], chatrooms: [], ghs: [] }) !== undefined;
    const most = maxBodyBytes - JSON.stringify({ ret: 200, msg: '\\u64cd'.repeat(4) }).length;
    expect([packs('a'.repeat(most - 100)), packs('a'.repeat(most))]).toEqual([true, false]);
    expect([packs('友'.repeat((most - 100) / 6)), packs('友'.repeat(most / 6))]).toEqual([true, false]);
  });
});
