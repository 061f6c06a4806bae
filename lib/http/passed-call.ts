import type { NothingStoredEnvelope } from '../contract/types.generated.ts';
import {
  asksForToken,
  isCallName,
  isOwnCall,
  isPassed,
  type PassedAnswer,
  type PassedCall,
  type PassRule,
} from '../pass-through/call.ts';
import type { Passed } from '../pass-through/pass-through.ts';
import { type Answer, json } from './answer.ts';
import { hasToken, tokenOf } from './caller.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** A Lambda function's event ends at 6 MB (AWS quota). */
const maxCallBytes = 5 * 1024 * 1024;

/** Whose calls are passed, and which. */
export interface PassTerms {
  readonly allowedTokenHashes: ReadonlySet<string>;
  readonly rule: PassRule;
}

/** The call, as it came. Throws `Fault` when it is none, or is not passed. */
export function passedCallOf(request: HttpRequest, { allowedTokenHashes, rule }: PassTerms): PassedCall {
  const { group, operation } = namesOf(request);
  // Where tokens are listed, nobody without one gets at GeWe.
  const mayLackToken = asksForToken({ group, operation }) && allowedTokenHashes.size === 0;
  const token = mayLackToken && !hasToken(request) ? '' : tokenOf(request, allowedTokenHashes);
  if (!isPassed(rule, group)) throw new Fault('not-passed-through');
  if (request.queryString !== '') {
    throw new Fault('invalid-request', [
      { pointer: '', detail: '不支持查询参数，请删除 (remove the query: it is not passed on)' },
    ]);
  }
  const body = request.body();
  if (body.byteLength > maxCallBytes) throw new Fault('request-too-large');
  // An empty one says nothing.
  const contentType = request.header('content-type') || undefined;
  if (contentType !== undefined && !/^[\x20-\x7e]{1,256}$/.test(contentType)) {
    throw new Fault('invalid-request', [{ parameter: 'Content-Type', detail: 'Content-Type 格式不正确' }]);
  }
  const contentEncoding = request.header('content-encoding');
  if (contentEncoding !== undefined && !/^[A-Za-z0-9, -]{1,64}$/.test(contentEncoding)) {
    throw new Fault('invalid-request', [
      { parameter: 'Content-Encoding', detail: 'Content-Encoding 格式不正确' },
    ]);
  }
  return {
    group,
    operation,
    token,
    body,
    ...(contentType !== undefined && { contentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
  };
}

/** Throws `Fault` unless the path, as it was sent, is a prefix and two plain names. */
function namesOf({ route = '', path, pathParameters }: HttpRequest) {
  const { group = '', operation = '' } = pathParameters;
  const named = route.replace('{group}', group).replace('{operation}', operation);
  // A stage or a custom domain may stand in front. What was encoded, or has a slash at its end, ends in something else.
  if (!isCallName(group) || !isCallName(operation) || !path.endsWith(named)) throw new Fault('not-found');
  // Their exact paths have routes of their own, but the gateway decodes a path after it has chosen the route.
  if (isOwnCall(group, operation)) throw new Fault('not-found');
  return { group, operation };
}

/** GeWe's answer, byte for byte, or our envelope that says why there is none. Throws `Fault` for that. */
export function passedAnswer(passed: Passed): Answer {
  switch (passed.kind) {
    case 'answer':
      return asItCame(passed);
    case 'redirected':
      return json<NothingStoredEnvelope>(200, { ret: 200, msg: '操作成功' });
    case 'invalid':
      throw new Fault('invalid-request', [{ pointer: passed.pointer, detail: passed.why }]);
    case 'failure':
      throw new Fault(passed.why);
  }
}

function asItCame({ httpStatus, body, contentType, contentEncoding }: PassedAnswer): Answer {
  const headers = {
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(contentEncoding !== undefined && { 'Content-Encoding': contentEncoding }),
  };
  return { status: httpStatus, headers, body };
}
