import type { PassThroughFault, ProblemType, RequestFault } from '../contract/types.generated.ts';

type NameOf<Type> = Type extends `urn:problem-type:gewe-contacts:${infer Name}` ? Name : never;

/** Why a request is refused or failed, for programs: the last part of the problem type, and the `data.code` of an envelope. */
export type FaultCode = RequestFault | PassThroughFault | NameOf<ProblemType>;

interface FaultTexts {
  /** HTTP status of the REST API. */
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly detail: string;
  /** Both, for callers of the GeWe-compatible API. */
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
    detail: 'Send 1 to 512 visible ASCII characters without spaces.',
    msg: 'header:X-GEWE-TOKEN 格式不正确，应为 1 至 512 个可见的 ASCII 字符',
  },
  'token-not-allowed': {
    status: 403,
    title: 'The token is not allowed here',
    detail: 'Ask the operator of this service to add the token to ALLOWED_TOKEN_HASHES.',
    msg: 'header:X-GEWE-TOKEN 未被本服务授权，请联系本服务的管理员',
  },
  'invalid-json': {
    status: 400,
    title: 'The body is not JSON',
    detail: 'Send a JSON object with the content type application/json.',
    msg: '请求体不是合法的 JSON，请发送 JSON 对象',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    detail: 'Fix the problems listed in `errors`.',
    msg: '请求参数不正确',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'Send a body of at most 65,536 bytes.',
    msg: '请求体过大，最多 65536 字节',
  },
  'nothing-stored': {
    status: 404,
    title: 'Nothing is stored for this device and token',
    detail: 'Start a refresh: POST to the relative URL in `start`. Read again when it has succeeded.',
    msg: '尚无已保存的通讯录，请先刷新',
  },
  'refresh-not-found': {
    status: 404,
    title: 'There is no such refresh',
    detail: 'A refresh can be read for 24 hours after its end, with the token that started it.',
    msg: '没有此刷新任务，结束超过 24 小时的任务不再保留',
  },
  'changes-gone': {
    status: 410,
    title: 'The changes since then are not available',
    detail: 'Read the whole list again, and continue from its digest.',
    msg: '此后的变更记录已不再保留，请重新读取完整列表',
  },
  'subscription-not-found': {
    status: 404,
    title: 'There is no subscription for this device and token',
    detail: 'Create one: PUT to this URL.',
    msg: '没有此设备的订阅，请先用 PUT 创建',
  },
  'callback-not-found': {
    status: 404,
    title: 'There is no callback for this token',
    detail: 'Create one: PUT to this URL.',
    msg: '没有此 token 的消息回调，请先用 PUT 创建',
  },
  'device-unknown': {
    status: 404,
    title: 'GeWe does not know the device',
    detail: 'Check the appId: GeWe has no such device for this token.',
    msg: '设备不存在，请检查 appId',
  },
  'token-rejected': {
    status: 403,
    title: 'GeWe rejected the token',
    detail: 'Check the token at GeWe: it is wrong or has expired.',
    msg: 'X-GEWE-TOKEN 不可用或已过期',
  },
  'token-unverified': {
    status: 502,
    title: 'GeWe did not confirm that it accepts the token',
    detail: 'Try again later. If that fails too, start a refresh, and try again when it has succeeded.',
    msg: 'GeWe 没有确认该 token 是否可用，请稍后重试',
  },
  'callback-not-registered': {
    status: 502,
    title: 'GeWe did not accept the callback URL',
    detail: 'Try again later. The callback that was there before is unchanged.',
    msg: 'GeWe 没有接受回调地址，原有设置未改变，请稍后重试',
  },
  'callback-too-large': {
    status: 413,
    title: 'The callback is too large',
    detail: 'Send a body of at most 5,242,880 bytes.',
    msg: '回调内容过大，最多 5242880 字节',
  },
  'not-passed-through': {
    status: 403,
    title: 'The call is not passed through here',
    detail: 'Ask the operator of this service to add this group of calls to PASS_THROUGH.',
    msg: '本服务不转发该接口，请联系本服务的管理员',
  },
  'request-too-large': {
    status: 413,
    title: 'The call is too large to be passed through',
    detail: 'GeWe was not called. Send a body of at most 5,242,880 bytes.',
    msg: '请求体过大，最多 5242880 字节，该调用未被执行',
  },
  'upstream-unreachable': {
    status: 502,
    title: 'GeWe cannot be reached',
    detail: 'No connection could be established, so the call was not carried out. Try again later.',
    msg: '无法连接 GeWe，该调用未被执行，请稍后重试',
  },
  'upstream-cut-off': {
    status: 502,
    title: 'The connection to GeWe was lost',
    detail: 'The call may have been carried out: check before you repeat it.',
    msg: '与 GeWe 的连接中断，该调用可能已被执行，重试前请先确认',
  },
  'upstream-slow': {
    status: 504,
    title: 'GeWe did not answer within 27 s',
    detail: 'The call may have been carried out: check before you repeat it.',
    msg: 'GeWe 在 27 秒内没有返回，该调用可能已被执行，重试前请先确认',
  },
  'answer-too-large': {
    status: 502,
    title: "GeWe's answer is too large to be passed back",
    detail: 'More than 4,500,000 bytes came. The call may have been carried out: check before you repeat it.',
    msg: 'GeWe 的返回内容过大，最多 4500000 字节，该调用可能已被执行，重试前请先确认',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this path',
    detail: 'Check the path: openapi.yaml lists the paths of this service.',
    msg: '接口不存在，请检查路径',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed at this path',
    detail: 'Use one of the methods in the Allow header.',
    msg: '请求方法不被允许，请使用 Allow 响应头列出的方法',
  },
  unavailable: {
    status: 503,
    title: 'The service cannot do this right now',
    detail: 'Try again in a few seconds. No stored data was lost.',
    msg: '服务暂时不可用，请稍后重试',
  },
  'internal-error': {
    status: 500,
    title: 'The service failed to handle the request',
    detail: 'Tell the operator of this service: the cause is in its log.',
    msg: '服务内部错误，请联系本服务的管理员，原因见服务日志',
  },
};

/** A part of the request that is wrong. Never holds its value. */
export interface FaultyPart {
  /** A JSON pointer into the body. */
  readonly pointer?: string;
  /** A path, query or header parameter. */
  readonly parameter?: string;
  readonly detail: string;
}

/** A request that is refused, or cannot be served now. The caller sees its texts. */
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
