import { type Contacts, contactArrays, countsOf, total } from '../device/contacts.ts';
import type { UpstreamAnswer } from '../device/ports.ts';
import { failure, isObject, parseEnvelope, type RawAnswer } from './envelope.ts';

/**
 * What an answer of GeWe to a list call means. Never throws, and nothing of GeWe's own texts is in the result: they can
 * hold the caller's token.
 *
 * Sources: GeWe's documentation; lists recorded by public clients for the dirt in them.
 */
export function parseAnswer(raw: RawAnswer): UpstreamAnswer {
  const envelope = parseEnvelope(raw);
  if (envelope.kind === 'failure') return envelope;
  const answer = readData(envelope.data);
  // Bytes that are no UTF-8 make ids that do not exist.
  return answer.kind === 'list' && !envelope.intact ? failure('upstream-malformed') : answer;
}

/** The ids among `items`, each once, in GeWe's order: without null, "null", blank strings and what is no string. */
export function cleanIds(items: readonly unknown[]): readonly string[] {
  return [...new Set(items.filter(isId))];
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
  return { kind: 'list', contacts };
}

function idsIn(items: unknown): readonly string[] {
  return Array.isArray(items) ? cleanIds(items) : [];
}

function isId(item: unknown): item is string {
  return typeof item === 'string' && item !== 'null' && item.trim() !== '';
}
