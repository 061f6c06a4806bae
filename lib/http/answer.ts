import type { FailureEnvelope, RefreshError } from '../contract/types.generated.ts';
import type { FailureClass } from '../device/failures.ts';
import type { EpochMs } from '../device/record.ts';
import { failureTexts } from './failure-texts.ts';
import { type Fault, type FaultCode, faultTexts } from './faults.ts';
import type { Surface } from './request.ts';

type Headers = Readonly<Record<string, string>>;

/** An answer, whatever platform it leaves through. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  readonly headers?: Headers;
  /** Text goes out as UTF-8, bytes as they are. Absent: there is none. */
  readonly body?: string | Uint8Array;
}

/** `Body`: the schema of `openapi.yaml` that the body keeps to. */
export function json<Body extends object>(
  status: number,
  body: Body,
  headers: Headers = {},
  contentType = 'application/json',
): Answer {
  return { status, headers: { 'Content-Type': contentType, ...headers }, body: JSON.stringify(body) };
}

function problemType<Name extends FaultCode | FailureClass>(name: Name) {
  return `urn:problem-type:gewe-contacts:${name}` as const;
}

/** Why a refresh failed, as a problem (RFC 9457) inside an answer that succeeded. */
export function failureProblem(failure: FailureClass): RefreshError {
  const { title, detail } = failureTexts[failure];
  return { type: problemType(failure), title, detail };
}

/**
 * A failed refresh in GeWe's envelope. Clients raise on any HTTP status but 200, and some show `msg` alone: it has
 * the reason too. For a rejected token, `msg` is GeWe's own text: there are clients that look for it.
 */
export function failureEnvelope(failure: FailureClass, headers: Headers = {}): Answer {
  const reason = failureTexts[failure].msg;
  const msg = failure === 'token-rejected' ? reason : `获取联系人列表失败：${reason}`;
  return json<FailureEnvelope>(200, { ret: 500, msg, data: { code: failure, msg: reason } }, headers);
}

/** A request that was refused or failed, in the form of the API that was called. `extra`: further members of a problem. */
export function faultAnswer(
  fault: Fault,
  surface: Surface,
  headers: Headers = {},
  extra: object = {},
): Answer {
  const { status, title, detail, msg } = faultTexts[fault.code];
  if (surface === 'gewe') {
    const unrouted = fault.code === 'not-found' || fault.code === 'method-not-allowed';
    const parts = fault.parts.map((part) => part.detail).join('; ');
    const data = { code: fault.code, msg: parts || msg };
    const text = parts ? `${msg}：${parts}` : msg;
    return json(unrouted ? status : 200, { ret: unrouted ? status : 500, msg: text, data }, headers);
  }
  const errors = fault.parts.length > 0 ? { errors: fault.parts } : {};
  const body = { type: problemType(fault.code), title, status, detail, ...errors, ...extra };
  return json(status, body, { ...headersOf(fault.code), ...headers }, 'application/problem+json');
}

function headersOf(code: FaultCode): Headers {
  if (code === 'token-missing' || code === 'token-invalid') {
    return { 'WWW-Authenticate': 'ApiKey header="X-GEWE-TOKEN"' };
  }
  return code === 'unavailable' ? { 'Retry-After': '5' } : {};
}

/** RFC 3339, UTC. */
export function timeOf(epochMs: EpochMs): string {
  return new Date(epochMs).toISOString();
}

/** Null where it is not known. */
export function timeOrNull(epochMs: EpochMs | undefined): string | null {
  return epochMs === undefined ? null : timeOf(epochMs);
}
