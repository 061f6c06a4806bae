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

interface Told {
  readonly name: string;
  readonly fallback?: string;
  readonly meaning: string;
}

/** Whole seconds. The value is in milliseconds. */
export function seconds(told: Told, min: number, max: number): Setting<number> {
  return {
    ...told,
    unit: 's',
    allowed: `a whole number of seconds from ${min} to ${max}`,
    secret: false,
    parse: (text) => scaled(wholeNumber(text, min, max)),
    placeholder: min,
  };
}

/** Whole seconds with commas between; none when it is set and empty. The values are in milliseconds. */
export function secondsList(told: Told, max: number, maxLength: number): Setting<readonly number[]> {
  return {
    ...told,
    unit: 's',
    allowed: `up to ${maxLength} whole numbers of seconds from 0 to ${max} with commas between, or empty for none`,
    emptyCounts: true,
    secret: false,
    parse: (text) => {
      if (text === '') return [];
      const list = text.split(',').map((part) => scaled(wholeNumber(part.trim(), 0, max)));
      const known = list.filter((ms) => ms !== undefined);
      return known.length === list.length && list.length <= maxLength ? known : undefined;
    },
    placeholder: [],
  };
}

/** A port that can be listened on. */
export function port(told: Told): Setting<number> {
  return {
    ...told,
    allowed: 'a whole number from 1 to 65535',
    secret: false,
    parse: (text) => wholeNumber(text, 1, 65_535),
    placeholder: 1,
  };
}

/** One of a few words, in upper or lower case. */
export function word<Word extends string>(told: Told, words: readonly [Word, ...Word[]]): Setting<Word> {
  return {
    ...told,
    allowed: `one of ${words.join(', ')}`,
    secret: false,
    parse: (text) => words.find((known) => known === text.toUpperCase()),
    placeholder: words[0],
  };
}

/** A text that `parse` understands; never repeated when it does not. */
export function text<T>(
  told: Told & { readonly allowed: string; readonly placeholder: T },
  parse: (text: string) => T | undefined,
): Setting<T> {
  return { ...told, secret: true, parse };
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
