import { createHash } from 'node:crypto';
import { roomInfo } from './chatrooms.ts';
import { envelope, failed, noData, type Reply, success } from './replies.ts';

/** Calls of GeWe's that this service passes through, by the ends of their paths. Shapes: GeWe's documentation. */
export const passedCalls = {
  'tools/getTokenId': getTokenId,
  'message/postText': postText,
  'contacts/getBriefInfo': (body) => infos(body, 100),
  'contacts/getDetailInfo': (body) => infos(body, 20),
  'contacts/deleteFriend': (body) => done(body, 'wxid'),
  'group/saveContractList': (body) => done(body, 'chatroomId'),
  'group/quitChatroom': (body) => done(body, 'chatroomId'),
} as const satisfies Record<string, (body: Body) => Reply>;

export type PassedOperation = keyof typeof passedCalls;

/** The calls that GeWe answers at once, by the ends of their paths. */
export const quickOperations = [
  'login/checkOnline',
  'login/setCallback',
  'tools/setCallback',
  'group/getChatroomInfo',
  ...Object.keys(passedCalls).filter(isPassedOperation),
] as const;
export type QuickOperation = (typeof quickOperations)[number];

export function isPassedOperation(operation: string): operation is PassedOperation {
  return Object.hasOwn(passedCalls, operation);
}

type Body = Readonly<Record<string, unknown>>;

const missing = (name: string): Reply => envelope({ ret: 500, msg: `${name} 不可为空` });

function firstMissing(body: Body, names: readonly string[]): string | undefined {
  return names.find((name) => body[name] === undefined || body[name] === null || body[name] === '');
}

function done(body: Body, subject: string): Reply {
  const lacks = firstMissing(body, ['appId', subject]);
  return lacks === undefined ? noData : missing(lacks);
}

/** The token of a self-hosted build: to be had without one, and here the same each time. */
function getTokenId(): Reply {
  const data = createHash('sha256').update('the token of the mock').digest('hex').slice(0, 32);
  return envelope({ ret: 200, msg: '执行成功', data });
}

/** As text: `newMsgId` has 64 bits, which no number of JavaScript holds. */
function postText(body: Body): Reply {
  const lacks = firstMissing(body, ['appId', 'toWxid', 'content']);
  if (lacks !== undefined) return missing(lacks);
  const { toWxid, content } = body;
  const digest = createHash('sha256')
    .update(JSON.stringify([toWxid, content]))
    .digest();
  const newMsgId = digest.readBigUInt64BE() >> 1n;
  const data = `{"toWxid":${JSON.stringify(toWxid)},"createTime":1703841160,"msgId":0,"newMsgId":${newMsgId},"type":1}`;
  return {
    kind: 'text',
    status: 200,
    contentType: 'application/json;charset=UTF-8',
    text: `{"ret":200,"msg":"操作成功","data":${data}}`,
  };
}

function infos(body: Body, atMost: number): Reply {
  const lacks = firstMissing(body, ['appId', 'wxids']);
  if (lacks !== undefined) return missing(lacks);
  const wxids = [body.wxids].flat().filter((wxid) => typeof wxid === 'string');
  if (wxids.length > atMost) return failed(`wxids 最多 ${atMost} 个`, '获取联系人信息失败');
  return success(wxids.map(infoOf));
}

/** A friend, or a room: the same members, and null where there is nothing. */
function infoOf(userName: string) {
  const digest = createHash('sha256').update(userName).digest('hex');
  const isRoom = userName.endsWith('@chatroom');
  const nickName = isRoom ? roomInfo(userName).nickName : `好友${digest.slice(0, 6)}`;
  return {
    userName,
    nickName,
    pyInitial: null,
    quanPin: null,
    sex: isRoom ? 0 : 1 + (digest.charCodeAt(0) % 2),
    remark: null,
    remarkPyInitial: null,
    remarkQuanPin: null,
    signature: null,
    alias: null,
    snsBgImg: null,
    country: null,
    bigHeadImgUrl: null,
    smallHeadImgUrl: null,
    description: null,
    cardImgUrl: null,
    labelList: null,
    province: null,
    city: null,
    phoneNumList: null,
  };
}
