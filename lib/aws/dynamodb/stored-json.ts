/** What is stored is not what this version writes; says which field. Nobody else writes here: it is a fault to look at. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  constructor(field: string, expected: string) {
    super(`stored ${field}: expected ${expected}`);
  }
}

/** The value of a JSON text. `field` names it in the error. */
export function parseStored(text: string | undefined, field: string): unknown {
  if (text === undefined) throw new Undecodable(field, 'an attribute of this name');
  try {
    return JSON.parse(text);
  } catch {
    throw new Undecodable(field, 'JSON');
  }
}

export function asObject(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Undecodable(field, 'an object');
  }
  return Object.fromEntries(Object.entries(value));
}

export function asArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Undecodable(field, 'an array');
  return value;
}

export function asString(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new Undecodable(field, 'a string');
  return value;
}

export function asStrings(value: unknown, field: string): readonly string[] {
  return asArray(value, field).map((element, index) => asString(element, `${field}[${index}]`));
}

export function asInteger(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Undecodable(field, 'an integer');
  return value;
}

/** The text of a number attribute (N). */
export function asRev(text: string | undefined, field: string): number {
  return asInteger(Number(text ?? Number.NaN), field);
}

/** A value that may be absent: `null` in a tuple, or cut off at its end. */
export function optional<T>(
  value: unknown,
  field: string,
  decode: (value: unknown, field: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : decode(value, field);
}

/** A tuple without the absent members at its end. */
export function trimmed(tuple: readonly unknown[]): readonly unknown[] {
  return tuple.slice(0, tuple.findLastIndex((member) => member !== null && member !== undefined) + 1);
}

/** A word and the short form it is stored as, both ways. */
export function shortForms<Word extends string>(forms: Readonly<Record<Word, string>>) {
  const words = new Map<string, Word>();
  for (const word in forms) words.set(forms[word], word);
  return {
    encode: (word: Word): string => forms[word],
    decode: (value: unknown, field: string): Word => {
      const word = typeof value === 'string' ? words.get(value) : undefined;
      if (word === undefined) throw new Undecodable(field, `one of ${[...words.keys()].join(', ')}`);
      return word;
    },
  };
}
