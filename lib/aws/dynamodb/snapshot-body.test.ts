import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBody, unpackBody } from './snapshot-body.ts';

const ids = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 });

describe('the stored body', () => {
  it('gives back the list it was made of, whatever its ids hold', () => {
    fc.assert(
      fc.property(fc.record({ friends: ids, chatrooms: ids, ghs: ids }), (contacts) => {
        expect(unpackBody(packBody(contacts))).toEqual(contacts);
      }),
    );
  });

  it("is the answer of GeWe's own surface, in plain ASCII", () => {
    const text = gunzipSync(packBody({ friends: ['张三'], chatrooms: [], ghs: [] })).toString('utf8');
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual({
      ret: 200,
      msg: '操作成功',
      data: { friends: ['张三'], chatrooms: [], ghs: [] },
    });
  });
});
