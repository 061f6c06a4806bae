import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A request that a page tells people to make. */
export interface ReadmeCall {
  /** The line as it stands there. */
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A fenced block of a page. */
export interface Block {
  /** What the fence names: `sh`, `powershell`, `bat`, `json`, …; empty when it names none. */
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  const found = markdown.matchAll(/^```([^\n]*)\n(.*?)^```$/gms);
  return [...found].map(([, language = '', text = '']) => ({ language, text }));
}

/**
 * The `curl` and `Invoke-RestMethod` lines of the fenced blocks, in order; a line may go on after a backslash. Throws on an
 * option it does not know.
 */
export function callsOf(markdown: string): readonly ReadmeCall[] {
  return blocksOf(markdown)
    .flatMap(({ text }) => text.replace(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.trim().replace(/^\$ /, ''))
    .flatMap((line) => {
      if (line.startsWith('curl ')) return [callOf(line, wordsOf(line).slice(1))];
      return line.startsWith('Invoke-RestMethod ') ? [restMethodOf(line)] : [];
    });
}

/** What `curl` would request when it is given `words`. `line`: what errors name. */
export function callOf(line: string, words: readonly string[]): ReadmeCall {
  const left = [...words];
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let url: string | undefined;
  let body: string | undefined;
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '-X') method = left.shift();
    else if (word === '-d') body = left.shift();
    else if (word === '-H') {
      const [name = '', ...value] = (left.shift() ?? '').split(':');
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

/** What PowerShell would request, in both its versions: its texts in single quotes hold what stands there. */
function restMethodOf(line: string): ReadmeCall {
  const shape =
    /^Invoke-RestMethod -Method (\w+) (\S+) -Headers @\{([^}]*)\} -ContentType (\S+) -Body '([^']*)'$/;
  const [, method = '', url = '', table = '', contentType = '', body = ''] = shape.exec(line) ?? [];
  if (method === '') throw new Error(`what would PowerShell make of: ${line}`);
  const given = [...table.matchAll(/'([^']*)'='([^']*)'/g)].map(([, name = '', value = '']) => [name, value]);
  const headers = { ...Object.fromEntries(given), 'content-type': contentType };
  return { line, method: method.toUpperCase(), url, headers, body };
}

/** The words of a shell line: bare, or in quotes, which may hold spaces. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double?.replace(/\\(.)/g, '$1') ?? bare ?? '',
  );
}

/** The programs that pages use. None is run: each only notes what it was given, and prints something in its place. */
const stubs = {
  aws: 'echo noted',
  npm: 'echo noted',
  npx: 'echo noted',
  curl: `echo '{"id":"noted"}'`,
  jq: 'echo "{}"',
  rm: ':',
} as const;

/** A program and what it was given. */
export type Command = readonly [program: string, ...args: string[]];

/**
 * Has bash run all `sh` blocks of a page, one after the other, as somebody would who pastes them: a variable that no line above
 * sets, a program that is not listed, or a line that is no shell is an error, which is thrown. Returns the commands in order.
 */
export function commandsOf(markdown: string): readonly Command[] {
  const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-docs-'));
  const noted = join(folder, '.noted');
  const functions = Object.entries(stubs).map(
    ([name, body]) => `${name}() { printf '%s\\0' ${name} "$@" $'\\1' >>"$NOTED"; ${body}; }`,
  );
  const blocks = blocksOf(markdown).filter(({ language }) => language === 'sh');
  const script = [
    // Nothing but the below can be found.
    'set -eu; PATH=$PWD; : >"$NOTED"',
    ...functions,
    'node() { "$NODE" "$@"; }',
    ...blocks.map(({ text }) => text),
  ].join('\n');
  try {
    const { status, stderr, error } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: process.env.PATH, NOTED: noted, NODE: process.execPath },
      // What is asked for: an appId, and a token.
      input: 'wx_demo\nt\n',
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`bash ends with ${status}: ${stderr}`);
    return readFileSync(noted, 'utf8')
      .split('\0\u0001\0')
      .filter((entry) => entry !== '')
      .map((entry) => {
        const [program = '', ...args] = entry.split('\0');
        return [program, ...args];
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
