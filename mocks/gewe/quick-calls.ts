import { type CallbackUrls, postTo, probeOf } from './callback-urls.ts';
import { roomInfo } from './chatrooms.ts';
import type { DeviceState } from './device-calls.ts';
import type { QuickOperation } from './passed-calls.ts';
import { envelope, failed, noData, type Reply, success } from './replies.ts';
import type { Call, Scenario } from './scenarios.ts';

/** A token, and what else the call says. */
export interface QuickCall {
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Of the body of a call: undefined when it is no text, or a blank one. */
export function textOf(body: QuickCall['body'], name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

const missing = (name: string): Reply => envelope({ ret: 500, msg: `${name} 不可为空` });

/**
 * `login/setCallback` (hosted) and `tools/setCallback` (self-hosted): the URL is kept, and probed as GeWe does before it
 * answers. A receiver that answers 4xx or 5xx makes it fail; one that cannot be reached from here does not.
 */
export async function setCallback(
  operation: QuickOperation,
  { token, body }: QuickCall,
  urls: CallbackUrls,
): Promise<Reply> {
  const [named, url] = [textOf(body, 'token'), textOf(body, 'callbackUrl')];
  if (named === undefined) return missing('token');
  if (named !== token) return envelope({ ret: 500, msg: 'token 与 header:X-GEWE-TOKEN 不一致' });
  if (url === undefined || !URL.canParse(url)) return missing('callbackUrl');
  const kind = operation === 'login/setCallback' ? 'hosted' : 'self-hosted';
  const { status = 200 } = await postTo(url, probeOf(kind, token, url));
  if (status >= 400) return failed(`回调地址返回 ${status}`, '设置回调地址失败');
  urls.set(token, url);
  return noData;
}

export function checkOnline({ body }: QuickCall): Reply {
  return textOf(body, 'appId') === undefined ? missing('appId') : success(true);
}

/** `group/getChatroomInfo`; `wait` is given the seconds that the scenario takes for it. */
export async function getChatroomInfo(
  { body }: QuickCall,
  device: DeviceState,
  { quickAfterS }: Scenario,
  call: Call,
  wait: (seconds: number) => Promise<void>,
): Promise<Reply> {
  const chatroomId = textOf(body, 'chatroomId');
  if (chatroomId === undefined) return missing('chatroomId');
  device.chatroomCalls += 1;
  device.openChatroomCalls += 1;
  device.maxOpenChatroomCalls = Math.max(device.maxOpenChatroomCalls, device.openChatroomCalls);
  try {
    await wait(quickAfterS?.(call) ?? 0);
  } finally {
    device.openChatroomCalls -= 1;
  }
  if (!chatroomId.endsWith('@chatroom')) return failed('群聊不存在', '获取群信息失败');
  return success(roomInfo(chatroomId));
}

/** What any call says, or how GeWe refuses one without a token or with a body that is no JSON. */
export async function readAny(request: Request, operation?: QuickOperation): Promise<QuickCall | Reply> {
  const token = request.headers.get('X-GEWE-TOKEN')?.trim() ?? '';
  // Whoever asks for a token has none.
  if (token === '' && operation !== 'tools/getTokenId')
    return envelope({ ret: 500, msg: 'header:X-GEWE-TOKEN 不可为空' });
  const body = await readJson(request);
  return body === undefined ? envelope({ ret: 500, msg: '请求体不是 JSON' }) : { token, body: Object(body) };
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
