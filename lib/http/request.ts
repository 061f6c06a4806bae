import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isAppId, isFetchContactsListRequest, type SchemaFault } from '../contract/validators.generated.js';
import type { DeviceSecret } from '../device/ports.ts';
import { Fault } from './faults.ts';

/** The two faces of the service: GeWe's own, and the resource. */
export type Surface = 'gewe' | 'rest';

/** Requests carry an app id and little else. */
const maxBodyBytes = 65_536;

const gewePrefix = /^(?:\/gewe)?\/v2\/api(?:\/|$)/;

/** Which surface's words the caller understands. */
export function surfaceOf({
  routeKey,
  rawPath,
}: Pick<APIGatewayProxyEventV2, 'routeKey' | 'rawPath'>): Surface {
  const path = routeKey === '$default' ? rawPath : routeKey.slice(routeKey.indexOf('/'));
  return gewePrefix.test(path) ? 'gewe' : 'rest';
}

/** A header by its lower-case name; the gateway gives names in lower case, other hosts may not. */
export function headerOf({ headers }: APIGatewayProxyEventV2, name: string): string | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/**
 * Who asks about which device: the token of the header, and the app id of the body (GeWe's own surface) or of the path.
 * `allowedTokenHashes`: SHA-256 of the tokens that may be used, hex; empty means all. Throws `Fault`.
 */
export function secretOf(
  event: APIGatewayProxyEventV2,
  allowedTokenHashes: ReadonlySet<string>,
): DeviceSecret {
  const token = tokenOf(event, allowedTokenHashes);
  const appId = surfaceOf(event) === 'gewe' ? appIdOfBody(event) : appIdOfPath(event);
  return { token, appId };
}

/** Whether a token came, good or not. */
export function hasToken(event: APIGatewayProxyEventV2): boolean {
  return sentTokenOf(event) !== '';
}

/** Empty when none came. */
function sentTokenOf(event: APIGatewayProxyEventV2): string {
  return headerOf(event, 'x-gewe-token')?.trim() ?? '';
}

/** The token of the header. `allowedTokenHashes`: as for `secretOf`. Throws `Fault`. */
export function tokenOf(event: APIGatewayProxyEventV2, allowedTokenHashes: ReadonlySet<string>): string {
  const token = sentTokenOf(event);
  if (token === '') throw new Fault('token-missing');
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) throw new Fault('token-invalid');
  if (allowedTokenHashes.size > 0) {
    const hash = createHash('sha256').update(token).digest('hex');
    if (!allowedTokenHashes.has(hash)) throw new Fault('token-not-allowed');
  }
  return token;
}

function appIdOfPath({ pathParameters }: APIGatewayProxyEventV2): string {
  const appId = pathParameters?.appId ?? '';
  if (isAppId(appId)) return appId;
  throw new Fault('invalid-request', [{ parameter: 'appId', detail: appIdRule }]);
}

const appIdRule = 'must be 1 to 128 letters, digits, hyphens or underscores';

function appIdOfBody(event: APIGatewayProxyEventV2): string {
  const json = parsedBody(event);
  if (isFetchContactsListRequest(json)) return json.appId;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Fault('invalid-request', [{ pointer: '', detail: '请求体应为 JSON 对象' }]);
  }
  const missing = !('appId' in json) || json.appId === '' || json.appId === null;
  const detail = missing ? 'appId 不可为空' : 'appId 格式不正确，应为 1 至 128 个字母、数字、- 或 _';
  throw new Fault('invalid-request', [{ pointer: '/appId', detail }]);
}

/** How the contract judges a body: the generated validators of its schema. */
export interface BodyContract<Body> {
  readonly is: (value: unknown) => value is Body;
  readonly faultOf: (value: unknown) => SchemaFault | undefined;
}

/** The body as JSON that keeps to the contract. Throws `Fault` that points at what does not. */
export function jsonBodyOf<Body>(event: APIGatewayProxyEventV2, contract: BodyContract<Body>): Body {
  const json = parsedBody(event);
  if (contract.is(json)) return json;
  const { pointer = '', detail = 'is not as described' } = contract.faultOf(json) ?? {};
  throw new Fault('invalid-request', [{ pointer, detail }]);
}

function parsedBody({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  const bytes = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes > maxBodyBytes) throw new Fault('body-too-large');
  return parseJson(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    // The parser's own message quotes the body: it stays in the cause.
    throw new Fault('invalid-json', [], { cause });
  }
}
