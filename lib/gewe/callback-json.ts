import { isObject, type JsonObject } from './envelope.ts';

/** What JSON.parse tells a reviver of a primitive value (ECMAScript 2026); not in TypeScript's library yet. */
interface Source {
  readonly source?: string;
}

/**
 * A body as JSON, in which a whole number too large for a double is the text of its digits: GeWe's `NewMsgId` has 64 bits,
 * and two of them must not become one. Undefined when it is no JSON.
 */
export function parseExactly(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8').decode(body);
    return JSON.parse(text, (_key, value: unknown, context?: Source) => {
      const isRounded = typeof value === 'number' && !Number.isSafeInteger(value);
      return isRounded && /^-?\d+$/.test(context?.source ?? '') ? context?.source : value;
    });
  } catch {
    // The parser's own error would quote what it read. Whatever is nested too deeply ends here too.
    return undefined;
  }
}

/**
 * A member by its name in small letters without underscores: `TypeName`, `typeName` and `type_name` are one, as GeWe's
 * versions write them.
 */
export function memberOf(object: JsonObject, name: string): unknown {
  const key = Object.keys(object).find((own) => own.replaceAll('_', '').toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

/** A text, or the one in `{string: …}`; undefined when it is blank or something else. */
export function textIn(value: unknown): string | undefined {
  const text = isObject(value) ? memberOf(value, 'string') : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** A number, also one in a text. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
