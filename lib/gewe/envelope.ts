import type { FailureClass } from '../device/failures.ts';

/** An answer of GeWe as it came: the whole body, decompressed. */
export interface RawAnswer {
  readonly httpStatus: number;
  readonly body: Uint8Array | string;
}

/** Any call's failure. `mayStillRun`: GeWe may still be at work on it. */
export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  readonly mayStillRun: boolean;
}

/** A success, and the `data` that came with it. `intact`: its bytes were UTF-8. */
export interface Success {
  readonly kind: 'success';
  readonly data: unknown;
  readonly intact: boolean;
}

/**
 * What the envelope `{ret, msg, data}` of any of GeWe's answers says. Never throws, and a failure holds nothing of
 * GeWe's own texts: they can hold the caller's token.
 *
 * Sources: GeWe's documentation for the envelope; answers recorded by public clients for the texts. Success is
 * `ret === 200` under an HTTP status of 2xx and nothing else.
 */
export function parseEnvelope({ httpStatus, body }: RawAnswer): Success | Failure {
  const { text, intact } = decode(body);
  const json = parseJson(text);
  const envelope = json !== undefined && isObject(json.value) && 'ret' in json.value ? json.value : undefined;

  if (envelope !== undefined && envelope.ret !== 200) {
    const told = classTold(envelope);
    if (told !== undefined) return failure(told);
  }
  // A gateway that gives up on a long call answers 5xx, while GeWe goes on with it.
  if (httpStatus >= 500) return failure('upstream-error', true);
  if (httpStatus < 200 || httpStatus >= 300) return failure('upstream-error');
  if (json === undefined) return failure('upstream-malformed', true);
  if (envelope === undefined) return failure('upstream-malformed');
  if (envelope.ret !== 200) return failure('upstream-error');
  return { kind: 'success', data: envelope.data, intact };
}

/** What an answer means whose body is too large to be read. */
export function parseOversized(httpStatus: number): Failure {
  const successful = httpStatus >= 200 && httpStatus < 300;
  const answer = parseEnvelope({ httpStatus, body: '' });
  return successful || answer.kind === 'success' ? failure('upstream-malformed') : answer;
}

/** Texts that tell what is wrong, in `msg` or `data.msg`; the first that is found decides. */
const tellingTexts: readonly (readonly [text: string, told: FailureClass])[] = [
  ['X-GEWE-TOKEN', 'token-rejected'],
  ['设备不存在', 'device-unknown'],
  ['离线', 'device-offline'],
  ['掉线', 'device-offline'],
  ['未登录', 'device-offline'],
  ['登录过期', 'device-offline'],
  ['登录已过期', 'device-offline'],
  ['已退出登录', 'device-offline'],
];

function classTold({ msg, data }: JsonObject): FailureClass | undefined {
  const texts = [msg, isObject(data) ? data.msg : undefined].filter((text) => typeof text === 'string');
  return tellingTexts.find(([text]) => texts.some((said) => said.includes(text)))?.[1];
}

export function failure(failureClass: FailureClass, mayStillRun = false): Failure {
  return { kind: 'failure', class: failureClass, mayStillRun };
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is no JSON. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Tolerates bytes that are no UTF-8, so that an error's text can still be told; `intact` says there were none. */
function decode(body: Uint8Array | string): { readonly text: string; readonly intact: boolean } {
  if (typeof body === 'string') return { text: body.replace(/^\ufeff/, ''), intact: true };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body), intact: true };
  } catch {
    return { text: new TextDecoder('utf-8').decode(body), intact: false };
  }
}
