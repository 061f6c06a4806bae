import type { PassThroughFault, ProblemType, RequestFault } from '../contract/types.generated.ts';

type NameOf<Type> = Type extends `urn:problem-type:gewe-contacts:${infer Name}` ? Name : never;

/** Why a request is not served, as programs are told: the problem type's last part, and the `data.code` of an envelope. */
export type FaultCode = RequestFault | PassThroughFault | NameOf<ProblemType>;

interface FaultTexts {
  /** HTTP status of the resource surface. */
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
  /** The same in the words of GeWe's own surface. */
  readonly msg: string;
}

export const faultTexts: Readonly<Record<FaultCode, FaultTexts>> = {
  'token-missing': {
    status: 401,
    title: 'The token is missing',
    detail: 'Send your GeWe token in the header X-GEWE-TOKEN.',
    msg: 'header:X-GEWE-TOKEN 不可为空',
  },
  'token-invalid': {
    status: 401,
    title: 'The token is malformed',
    detail: 'A token is 1 to 512 visible ASCII characters without spaces.',
    msg: 'header:X-GEWE-TOKEN 格式不正确',
  },
  'token-not-allowed': {
    status: 403,
    title: 'The token is not allowed here',
    detail: 'The operator of this service has not listed this token in ALLOWED_TOKEN_HASHES.',
    msg: 'header:X-GEWE-TOKEN 未被本服务授权',
  },
  'invalid-json': {
    status: 400,
    title: 'The body is not JSON',
    detail: 'Send a JSON object with the content type application/json.',
    msg: '请求体不是合法的 JSON',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    detail: 'Mend what is listed in errors.',
    msg: '请求参数不正确',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'A request body may be at most 65,536 bytes.',
    msg: '请求体过大，最多 65536 字节',
  },
  'nothing-stored': {
    status: 404,
    title: 'Nothing is stored for this device and token',
    detail: 'POST to the reference in start, and read again when that refresh has succeeded.',
    msg: '尚无已保存的通讯录',
  },
  'refresh-not-found': {
    status: 404,
    title: 'There is no such refresh',
    detail: 'A refresh can be read until 24 hours after its end, with the token that started it.',
    msg: '没有此刷新任务',
  },
  'changes-gone': {
    status: 410,
    title: 'The changes since then are no longer kept',
    detail: 'Read the whole list, and go on from its digest.',
    msg: '此后的变更记录已不再保留',
  },
  'subscription-not-found': {
    status: 404,
    title: 'There is no subscription for this device and token',
    detail: 'PUT one here.',
    msg: '没有此设备的订阅',
  },
  'callback-not-found': {
    status: 404,
    title: 'There is no callback for this token',
    detail: 'PUT one here.',
    msg: '没有此 token 的消息回调',
  },
  'device-unknown': {
    status: 404,
    title: 'GeWe does not know the device',
    detail: 'Check the appId: it does not exist for this token.',
    msg: '设备不存在',
  },
  'token-rejected': {
    status: 403,
    title: 'GeWe rejected the token',
    detail: 'Check the token at GeWe: it is wrong or has expired.',
    msg: 'X-GEWE-TOKEN 不可用或已过期',
  },
  'token-unverified': {
    status: 502,
    title: 'GeWe did not say whether it accepts the token',
    detail: 'Try again; or start a refresh, and try again when it has succeeded.',
    msg: 'GeWe 没有确认该 token 是否可用，请稍后重试',
  },
  'callback-not-registered': {
    status: 502,
    title: 'GeWe did not take the callback URL',
    detail: 'Try again. What was put before still holds.',
    msg: 'GeWe 没有接受回调地址，请稍后重试',
  },
  'callback-too-large': {
    status: 413,
    title: 'The callback is too large',
    detail: 'A callback may be at most 5,242,880 bytes.',
    msg: '回调内容过大，最多 5242880 字节',
  },
  'not-passed-through': {
    status: 403,
    title: 'The call is not passed through here',
    detail: 'The operator of this service has left this group of calls out of PASS_THROUGH.',
    msg: '本服务不转发该接口',
  },
  'request-too-large': {
    status: 413,
    title: 'The call is too large to be passed through',
    detail: 'A request body may be at most 5,242,880 bytes. GeWe was not called.',
    msg: '请求体过大，最多 5242880 字节，该调用未被执行',
  },
  'upstream-unreachable': {
    status: 502,
    title: 'GeWe cannot be reached',
    detail: 'No connection stood, so the call was not carried out. Try again later.',
    msg: '无法连接 GeWe，该调用未被执行',
  },
  'upstream-cut-off': {
    status: 502,
    title: 'The connection to GeWe was lost',
    detail: 'The call may have been carried out: look before it is made again.',
    msg: '与 GeWe 的连接中断，该调用可能已被执行',
  },
  'upstream-slow': {
    status: 504,
    title: 'GeWe did not answer within 27 s',
    detail: 'The call may have been carried out: look before it is made again.',
    msg: 'GeWe 在 27 秒内没有返回，该调用可能已被执行',
  },
  'answer-too-large': {
    status: 502,
    title: "GeWe's answer is too large to be passed back",
    detail: 'An answer may be at most 4,500,000 bytes. The call may have been carried out.',
    msg: 'GeWe 的返回内容过大，最多 4500000 字节，该调用可能已被执行',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this path',
    detail: 'The paths of this service are described in its openapi.yaml.',
    msg: '接口不存在',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed at this path',
    detail: 'Use a method of the Allow header.',
    msg: '请求方法不被允许',
  },
  unavailable: {
    status: 503,
    title: 'The service cannot do this right now',
    detail: 'Try again in a few seconds. What is stored is safe.',
    msg: '服务暂时不可用，请稍后重试',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    detail: 'The operator finds the cause in the log.',
    msg: '服务内部错误',
  },
};

/** A part of the request that is wrong; never its value. */
export interface FaultyPart {
  /** A JSON pointer into the body. */
  readonly pointer?: string;
  /** A path, query or header parameter. */
  readonly parameter?: string;
  readonly detail: string;
}

/** A request that is not served, or cannot be now. Its texts are the caller's to see. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly parts: readonly FaultyPart[];

  constructor(code: FaultCode, parts: readonly FaultyPart[] = [], options?: ErrorOptions) {
    super(faultTexts[code].title, options);
    this.code = code;
    this.parts = parts;
  }
}
