import { type Contacts, contactArrays, countsOf, total } from '../domain/contacts.ts';
import type { FailureClass } from '../domain/errors.ts';
import type { UpstreamAnswer } from '../domain/ports.ts';

/** A list whose answer would be larger is refused: a Lambda function's answer ends at 6 MB (AWS quota). */
export const maxListBytes = 5 * 1024 * 1024;

/** An answer of GeWe as it came: the whole body, decompressed. */
export interface RawAnswer {
  readonly httpStatus: number;
  readonly body: Uint8Array | string;
}

/**
 * What an answer of GeWe means. Never throws, and nothing of GeWe's own texts is in the result: they can hold the
 * caller's token.
 *
 * Sources: GeWe's documentation for the envelope `{ret, msg, data}`; answers recorded by public clients for the
 * texts and for the dirt in lists. Success is `ret === 200` under an HTTP status of 2xx and nothing else.
 */
export function parseAnswer({ httpStatus, body }: RawAnswer): UpstreamAnswer {
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
  const answer = readData(envelope.data);
  // Bytes that are no UTF-8 make ids that are nobody's.
  return answer.kind === 'list' && !intact ? failure('upstream-malformed') : answer;
}

/** What an answer means whose body is too large to be read. */
export function parseOversized(httpStatus: number): UpstreamAnswer {
  const successful = httpStatus >= 200 && httpStatus < 300;
  return successful ? failure('upstream-malformed') : parseAnswer({ httpStatus, body: '' });
}

/** The ids among `items`, each once, in GeWe's order: without null, "null", blank strings and what is no string. */
export function cleanIds(items: readonly unknown[]): readonly string[] {
  return [...new Set(items.filter(isId))];
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

function readData(data: unknown): UpstreamAnswer {
  if (data === undefined || data === null) return { kind: 'empty' };
  if (Array.isArray(data)) return data.length === 0 ? { kind: 'empty' } : failure('upstream-malformed');
  if (!isObject(data)) return failure('upstream-malformed');

  const given = contactArrays.map((array) => data[array]);
  if (given.some((items) => items !== undefined && items !== null && !Array.isArray(items))) {
    return failure('upstream-malformed');
  }
  const contacts: Contacts = {
    friends: idsIn(data.friends),
    chatrooms: idsIn(data.chatrooms),
    ghs: idsIn(data.ghs),
  };
  if (total(countsOf(contacts)) === 0) return { kind: 'empty' };
  // Part of a list is none: taken for one, it would delete everybody in the array that is missing.
  if (given.includes(undefined)) return failure('upstream-malformed');
  return listBytes(contacts) > maxListBytes ? failure('upstream-malformed') : { kind: 'list', contacts };
}

function idsIn(items: unknown): readonly string[] {
  return Array.isArray(items) ? cleanIds(items) : [];
}

/** The size of the answer that is served, in which each unit that is not ASCII is escaped: six bytes for one. */
function listBytes(contacts: Contacts): number {
  const text = JSON.stringify({ ret: 200, msg: '操作成功', data: contacts });
  const escaped = text.replace(/[^\u007f-\uffff]+/g, '').length;
  return text.length + 5 * escaped;
}

function isId(item: unknown): item is string {
  return typeof item === 'string' && item !== 'null' && item.trim() !== '';
}

function failure(failureClass: FailureClass, mayStillRun = false): UpstreamAnswer {
  return { kind: 'failure', class: failureClass, mayStillRun };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is no JSON. */
function parseJson(text: string): { readonly value: unknown } | undefined {
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
