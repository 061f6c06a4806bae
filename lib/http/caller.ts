import { createHash } from 'node:crypto';
import { type CallbackOwner, callbackOwnerOf } from '../callbacks/callback-id.ts';
import { isAppId, isFetchContactsListRequest } from '../contract/validators.generated.js';
import { type DeviceOwner, deviceOwnerOf } from '../device/keys.ts';
import { Fault } from './faults.ts';
import { type HttpRequest, parsedBody } from './request.ts';

// The door: who sends a request, and which device or callback it is about. The keys are made from the token here, once, and handed on.

/**
 * Who asks about which device: the token of the header, and the app id of the body (GeWe-compatible API) or of the path.
 * `allowedTokenHashes`: SHA-256 of the tokens that may be used, hex; empty means all. Throws `Fault`.
 */
export function deviceOf(request: HttpRequest, allowedTokenHashes: ReadonlySet<string>): DeviceOwner {
  const token = tokenOf(request, allowedTokenHashes);
  const appId = request.surface === 'gewe' ? appIdOfBody(request) : appIdOfPath(request);
  return deviceOwnerOf({ token, appId });
}

/** Whose callback a request is about. `allowedTokenHashes`: as for `deviceOf`. Throws `Fault`. */
export function callbackOf(request: HttpRequest, allowedTokenHashes: ReadonlySet<string>): CallbackOwner {
  return callbackOwnerOf(tokenOf(request, allowedTokenHashes));
}

/** Whether a token came, good or not. */
export function hasToken(request: HttpRequest): boolean {
  return sentTokenOf(request) !== '';
}

/** Empty when none came. */
function sentTokenOf(request: HttpRequest): string {
  return request.header('x-gewe-token')?.trim() ?? '';
}

/** The token of the header. `allowedTokenHashes`: as for `deviceOf`. Throws `Fault`. */
export function tokenOf(request: HttpRequest, allowedTokenHashes: ReadonlySet<string>): string {
  const token = sentTokenOf(request);
  if (token === '') throw new Fault('token-missing');
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) throw new Fault('token-invalid');
  if (allowedTokenHashes.size > 0) {
    const hash = createHash('sha256').update(token).digest('hex');
    if (!allowedTokenHashes.has(hash)) throw new Fault('token-not-allowed');
  }
  return token;
}

function appIdOfPath({ pathParameters }: HttpRequest): string {
  const { appId } = pathParameters;
  if (isAppId(appId)) return appId;
  throw new Fault('invalid-request', [{ parameter: 'appId', detail: appIdRule }]);
}

const appIdRule = 'must be 1 to 128 letters, digits, hyphens or underscores';

function appIdOfBody(request: HttpRequest): string {
  const json = parsedBody(request);
  if (isFetchContactsListRequest(json)) return json.appId;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Fault('invalid-request', [{ pointer: '', detail: '请求体应为 JSON 对象' }]);
  }
  const missing = !('appId' in json) || json.appId === '' || json.appId === null;
  const detail = missing ? 'appId 不可为空' : 'appId 格式不正确，应为 1 至 128 个字母、数字、- 或 _';
  throw new Fault('invalid-request', [{ pointer: '/appId', detail }]);
}
