import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallbackEvent } from '../callbacks/event.ts';
import { parseCallback } from './callback-wire.ts';

const samples = join(import.meta.dirname, '../../mocks/gewe/callbacks');
const appId = 'wx_demo';
const room = '20000000001@chatroom';
const message = (messageId: string) => ({ appId, messageId, writtenAtMs: 1_793_606_400_000 });
const later = (messageId: string) => ({ appId, messageId, writtenAtMs: 1_793_606_460_000 });

const at = { writtenAtMs: 1_793_606_400_123 };

const expected: Readonly<Record<string, CallbackEvent>> = {
  'friend-changed': { kind: 'contact', appId, change: 'modified', subject: 'wxid_friend' },
  'friend-deleted': { kind: 'contact', appId, change: 'deleted', subject: 'wxid_friend' },
  'friend-text': { kind: 'message', ...message('8123456789012345683') },
  offline: { kind: 'presence', appId, presence: 'offline' },
  probe: { kind: 'probe' },
  'probe-self-hosted': { kind: 'probe' },
  'room-announcement': { kind: 'message', room, ...message('8123456789012345691') },
  'room-changed': { kind: 'contact', appId, change: 'modified', subject: '2180313478@chatroom' },
  'room-dissolved': { kind: 'removal', room, ...later('8123456789012345687') },
  'room-image': { kind: 'message', room, ...message('8123456789012345681') },
  'room-left': { kind: 'contact', appId, change: 'deleted', subject: room },
  'room-other-removed': { kind: 'message', room, ...later('8123456789012345689') },
  'room-own-text': { kind: 'message', room, ...message('8123456789012345679') },
  'room-removed': { kind: 'removal', room, ...later('8123456789012345685') },
  'room-text': { kind: 'message', room, ...message('9007199254740993') },
  'self-hosted-room-text': { kind: 'message', room, ...message('9007199254740995') },
  'status-notify': { kind: 'other', appId, messageId: '8123456789012345695' },
  'v2-friend-changed': { kind: 'contact', ...at, appId, change: 'modified', subject: 'wxid_friend' },
  'v2-friend-confirmed': { kind: 'contact', ...at, appId, change: 'modified', subject: 'wxid_new_friend' },
  'v2-friend-deleted': { kind: 'contact', ...at, appId, change: 'deleted', subject: 'wxid_friend' },
  'v2-login': { kind: 'presence', ...at, appId, presence: 'online' },
  'v2-logout': { kind: 'presence', ...at, appId, presence: 'offline' },
  'v2-room-text': {
    kind: 'message',
    room,
    appId,
    messageId: '9007199254740997',
    ...at,
  },
};

const parse = (body: unknown) => parseCallback(Buffer.from(JSON.stringify(body)));
const notice = (MsgType: number, text: string) =>
  parse({
    TypeName: 'AddMsg',
    Appid: appId,
    Data: { FromUserName: { string: room }, MsgType, Content: { string: text } },
  }).kind;
const template = (text: string) =>
  `${room}:\n<sysmsg type="sysmsgtemplate"><template><![CDATA[${text}]]></template></sysmsg>`;

it.each(Object.entries(expected))('reads the sample %s', (name, event) => {
  expect(parseCallback(readFileSync(join(samples, `${name}.json`)))).toEqual(event);
});

it('has a sample for all that is expected, and expects something of all samples', () => {
  const names = globSync('*.json', { cwd: samples }).map((file) => basename(file, '.json'));
  expect(names.toSorted()).toEqual(Object.keys(expected).toSorted());
});

it('takes an empty body for a probe', () => {
  expect(parseCallback(new Uint8Array())).toEqual({ kind: 'probe' });
});

describe('a notice', () => {
  it.each([
    [10000, '你被"小王"移出群聊'],
    [10000, `${room}:\n你被"小王"移出群聊`],
    [10000, '群主"小王"已解散该群聊'],
    [10000, '你已解散该群聊'],
    [10002, template('群主"$identity$"已解散该群聊')],
    [10002, template('你被"$username$"移出群聊')],
  ])('of type %i, %s, ends the room', (type, text) => {
    expect(notice(type, text)).toBe('removal');
  });

  it.each([
    [1, '你被"小王"移出群聊'],
    [1, template('群主"$identity$"已解散该群聊')],
    [49, '群主"小王"已解散该群聊'],
    [10000, '你将"小王"移出了群聊'],
    [10000, '你修改群名为“群主已解散该群聊”'],
    [10000, '"小王"邀请你加入了群聊'],
    [10000, template('群主"$identity$"已解散该群聊')],
    [10002, template('你将"$kickoutname$"移出了群聊')],
    [10002, '群主"小王"已解散该群聊'],
    [10002, `${room}:\n<sysmsg type="revokemsg"><template>群主已解散该群聊</template></sysmsg>`],
    [10002, `${' '.repeat(20_000)}${template('群主"$identity$"已解散该群聊')}`],
  ])('of type %i, %s, does not', (type, text) => {
    expect(notice(type, text)).toBe('message');
  });

  it('of v2 ends the room in either form, unless somebody wrote it', () => {
    const told = (msgType: string, content: string) =>
      parse({ appid: appId, msgType, fromGroup: room, content }).kind;
    for (const text of ['你被"小王"移出群聊', template('群主"$identity$"已解散该群聊')]) {
      expect(told('SYS_MSG', text)).toBe('removal');
      expect(told('10000', text)).toBe(text.startsWith('你被') ? 'removal' : 'message');
      expect(told('TEXT', text)).toBe('message');
      expect(told('QUOTE', text)).toBe('message');
    }
  });
});

describe('an event', () => {
  it.each([
    ['LOGOUT', 'offline'],
    ['Offline', 'offline'],
    ['LONG_DISCONNECTED', 'offline'],
    ['RECONNECT_FAILED', 'offline'],
    ['LOGIN_SUCCESS', 'online'],
    ['LONG_CONNECTED', 'online'],
    ['RECONNECT_SUCCESS', 'online'],
  ])('%s says that the device is %s', (msgType, presence) => {
    expect(parse({ appid: appId, msgType })).toEqual({ kind: 'presence', appId, presence });
  });

  it.each(['LOGIN_ERROR', 'RECONNECT_START'])('%s means nothing', (msgType) => {
    expect(parse({ appid: appId, msgType })).toEqual({ kind: 'other', appId });
  });

  it('of a name that v1 does not know means nothing', () => {
    expect(parse({ TypeName: 'FinderMsg', Appid: appId, Data: {} })).toEqual({ kind: 'other', appId });
  });

  it('that the account opened or read a chat elsewhere is nobody speaking, in either shape', () => {
    for (const MsgType of [51, '51']) {
      const Data = { FromUserName: 'wxid_me', ToUserName: { string: room }, MsgType, CreateTime: 5 };
      expect(parse({ TypeName: 'AddMsg', Appid: appId, Data })).toEqual({ kind: 'other', appId });
      const flat = { appid: appId, msgType: '51', fromGroup: room, createTime: 5_000 };
      expect(parse(flat)).toEqual({ kind: 'other', appId });
    }
  });

  it('about a contact without an id is one all the same', () => {
    const event = { kind: 'contact', appId, change: 'modified' };
    expect(parse({ TypeName: 'ModContacts', Appid: appId })).toEqual(event);
    expect(parse({ TypeName: 'ModContacts', Appid: appId, Data: { UserName: {} } })).toEqual(event);
  });

  it('is read with its members in other letters, and texts without their object', () => {
    const body = {
      appId,
      type_name: 'AddMsg',
      data: { from_user_name: room, new_msg_id: '77', create_time: '5' },
    };
    expect(parse(body)).toEqual({ kind: 'message', appId, room, messageId: '77', writtenAtMs: 5_000 });
  });

  it('has no message id where GeWe made one up, or gave none', () => {
    for (const newMsgId of [1_968_256_046, 0, '', null, 'x', 1.5]) {
      expect(parse({ appid: appId, msgType: 'TEXT', newMsgId })).toEqual({ kind: 'message', appId });
    }
  });
});

it.each([
  '{',
  'null',
  '5',
  '[]',
  '{}',
  '"TypeName"',
  '{"TypeName":"AddMsg"}',
  '{"TypeName":"AddMsg","Appid":""}',
  '{"TypeName":5,"Appid":"wx_demo"}',
  `{"TypeName":"AddMsg","Appid":"${'x'.repeat(200)}"}`,
  '{"msgType":"TEXT"}',
])('takes %s for none of the shapes', (body) => {
  expect(parseCallback(Buffer.from(body))).toEqual({ kind: 'unknown' });
});
