/** One environment variable: how it is explained, and how its text becomes a value. */
export interface Setting<T> {
  readonly name: string;
  /** What counts when it is not set; absent: nothing does. */
  readonly fallback?: string;
  /** Of the number, where it is one. */
  readonly unit?: 's';
  /** What is allowed, for people, such as "a whole number of seconds from 6 to 240". */
  readonly allowed: string;
  readonly meaning: string;
  /** An empty text is a value; for all others it counts as not set. */
  readonly emptyCounts?: boolean;
  /** A wrong value is not repeated: it may be a secret, or hold one. */
  readonly secret: boolean;
  /** Undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** Stands in for the value until the fault is reported. */
  readonly placeholder: T;
}

/** Whole seconds within the range. The value is in milliseconds. */
export function seconds(
  name: string,
  fallbackS: number,
  [minS, maxS]: readonly [min: number, max: number],
  meaning: string,
): Setting<number> {
  return {
    ...{ name, meaning, fallback: String(fallbackS), unit: 's', secret: false, placeholder: minS },
    allowed: `a whole number of seconds from ${minS} to ${maxS}`,
    parse: (text) => scaled(wholeNumber(text, minS, maxS)),
  };
}

/** A whole number within the range. */
export function count(
  name: string,
  fallback: number,
  [min, max]: readonly [min: number, max: number],
  meaning: string,
): Setting<number> {
  const parse = (text: string) => wholeNumber(text, min, max);
  const allowed = `a whole number from ${min} to ${max}`;
  return { name, meaning, fallback: String(fallback), allowed, secret: false, parse, placeholder: min };
}

/** Whole seconds with commas between; none when it is set and empty. The values are in milliseconds. */
export function secondsList(
  name: string,
  fallback: string,
  { max, maxLength }: { readonly max: number; readonly maxLength: number },
  meaning: string,
): Setting<readonly number[]> {
  return {
    ...{ name, meaning, fallback, unit: 's', secret: false, placeholder: [], emptyCounts: true },
    allowed: `up to ${maxLength} whole numbers of seconds from 0 to ${max} with commas between, or empty for none`,
    parse: (text) => {
      if (text === '') return [];
      const list = text.split(',').map((part) => scaled(wholeNumber(part.trim(), 0, max)));
      const known = list.filter((ms) => ms !== undefined);
      return known.length === list.length && list.length <= maxLength ? known : undefined;
    },
  };
}

/** A port that can be listened on. */
export function port(name: string, fallback: number, meaning: string): Setting<number> {
  return count(name, fallback, [1, 65_535], meaning);
}

/** One of a few words, in upper or lower case. */
export function word<Word extends string>(
  name: string,
  fallback: string,
  words: readonly [Word, ...Word[]],
  meaning: string,
): Setting<Word> {
  const parse = (text: string) => words.find((known) => known === text.toUpperCase());
  const allowed = `one of ${words.join(', ')}`;
  return { name, meaning, fallback, allowed, secret: false, parse, placeholder: words[0] };
}

/** A text that `parse` understands; never repeated when it does not. */
export function text<T>(
  described: Pick<Setting<T>, 'name' | 'fallback' | 'meaning' | 'allowed' | 'placeholder'>,
  parse: (text: string) => T | undefined,
): Setting<T> {
  return { ...described, secret: true, parse };
}

export function isHttp(url: URL | null): boolean {
  return url?.protocol === 'http:' || url?.protocol === 'https:';
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

function scaled(wholeSeconds: number | undefined): number | undefined {
  return wholeSeconds === undefined ? undefined : wholeSeconds * 1000;
}
