/** A request that the README tells people to make. */
export interface ReadmeCall {
  /** The line as it stands there. */
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The `curl` lines of the fenced blocks, in order; a line may go on after a backslash. Throws on an option it does not know. */
export function callsOf(markdown: string): readonly ReadmeCall[] {
  const blocks = [...markdown.matchAll(/^```[^\n]*\n(.*?)^```/gms)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => line.startsWith('curl '))
    .map(callOf);
}

function callOf(line: string): ReadmeCall {
  const [, ...words] = wordsOf(line);
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let url: string | undefined;
  let body: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-X') method = words.shift();
    else if (word === '-d') body = words.shift();
    else if (word === '-H') {
      const [name = '', ...value] = (words.shift() ?? '').split(':');
      headers[name] = value.join(':').trim();
    } else if (/^-[isS]+$|^--compressed$/.test(word)) continue;
    else if (word.startsWith('-') || url !== undefined) throw new Error(`what does ${word} mean in: ${line}`);
    else url = word;
  }
  if (url === undefined) throw new Error(`no URL in: ${line}`);
  return {
    line,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url: url.includes('://') ? url : `http://${url}`,
    headers,
    ...(body !== undefined && { body }),
  };
}

/** The words of a shell line: bare, or in quotes, which may hold spaces. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double?.replace(/\\(.)/g, '$1') ?? bare ?? '',
  );
}
