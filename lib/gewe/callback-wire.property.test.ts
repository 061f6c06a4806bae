import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCallback } from './callback-wire.ts';

const kinds = ['message', 'removal', 'contact', 'presence', 'other', 'probe', 'unknown'];
const parse = (body: unknown) => parseCallback(Buffer.from(JSON.stringify(body)));

/** Bodies near to GeWe's shapes: its names, with anything in them. */
const name = fc.constantFrom(
  'TypeName',
  'type_name',
  'Appid',
  'appid',
  'Data',
  'data',
  'msgType',
  'fromGroup',
  'createTime',
  'newMsgId',
  'content',
  'FromUserName',
  'UserName',
  'Content',
  'MsgType',
  'CreateTime',
  'NewMsgId',
  'string',
  'testMsg',
  '__proto__',
);
const word = fc.constantFrom(
  'AddMsg',
  'ModContacts',
  'Offline',
  'TEXT',
  'MOD_CONTACTS',
  '1@chatroom',
  'wx_demo',
);
const { near } = fc.letrec((tie) => ({
  near: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.jsonValue(),
    fc.dictionary(name, tie('near'), { noNullPrototype: true }),
  ),
}));

it('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (body) => {
        expect(kinds).toContain(parseCallback(body).kind);
      },
    ),
  );
});

it('never throws, whatever stands at the names it knows', () => {
  fc.assert(
    fc.property(near, (body) => void expect(kinds).toContain(parse(body).kind)),
    { numRuns: 1_000 },
  );
});

it('gives every id of 64 bits exactly, in both shapes', () => {
  const id = fc.bigInt({ min: 10n ** 11n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(id, (newMsgId) => {
      const bodies = [
        `{"TypeName":"AddMsg","Appid":"wx_demo","Data":{"NewMsgId":${newMsgId}}}`,
        `{"appid":"wx_demo","msgType":"TEXT","newMsgId":${newMsgId}}`,
        `{"appid":"wx_demo","msgType":"TEXT","newMsgId":"${newMsgId}"}`,
      ];
      for (const body of bodies) {
        expect(parseCallback(Buffer.from(body))).toMatchObject({ messageId: String(newMsgId) });
      }
    }),
  );
});

it('takes no text that somebody wrote for a notice', () => {
  const words = fc.constantFrom(
    '你被"小王"移出群聊',
    '群主"小王"已解散该群聊',
    '<sysmsg type="sysmsgtemplate">',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
      const Data = {
        FromUserName: { string: '1@chatroom' },
        MsgType: 1,
        Content: { string: parts.join('') },
      };
      expect(parse({ TypeName: 'AddMsg', Appid: 'wx_demo', Data }).kind).toBe('message');
    }),
  );
});

it('ends, whatever is nested how deeply', () => {
  for (const body of ['['.repeat(200_000), '{"a":'.repeat(200_000)]) {
    expect(parseCallback(Buffer.from(body))).toEqual({ kind: 'unknown' });
  }
  const deep = `{"TypeName":"AddMsg","Appid":"wx_demo","Data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  expect(kinds).toContain(parseCallback(Buffer.from(deep)).kind);
});
