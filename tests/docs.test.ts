import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploySettings } from '../infra/deploy-settings.ts';
import { failureTraits } from '../lib/device/failures.ts';
import { faultTexts } from '../lib/http/faults.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { localSettings } from '../mocks/local-stack/settings.ts';
import { blocksOf } from './doc-commands.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const references = [
  {
    file: 'docs/reference.md',
    empty: 'empty',
    prism: 'locally Prism, deployed `http://api.geweapi.com`',
  },
  {
    file: 'docs/reference.zh-CN.md',
    empty: '空',
    prism: '本机为 Prism，部署后为 `http://api.geweapi.com`',
  },
];
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

const fence = /^```[^\n]*\n.*?^```$/gms;
const proseOf = (markdown: string): string => markdown.replace(fence, '');
const levelsOf = (markdown: string): string[] => proseOf(markdown).match(/^#+(?= )/gm) ?? [];
const codesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The tables of a page: rows of cells, without the line below the head. */
function tablesOf(markdown: string): string[][][] {
  const tables = proseOf(markdown).match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.map((table) =>
    table
      .trimEnd()
      .split('\n')
      .filter((line) => !/^\|[\s:|-]+\|$/.test(line))
      .map((line) => line.slice(1, -1).split('|'))
      .map((cells) => cells.map((cell) => cell.trim())),
  );
}

/** The rows, without the head, of the one table whose head or first column names `code`. */
function tableNaming(markdown: string, code: string): string[][] {
  const found = tablesOf(markdown).filter((rows) =>
    rows.some(([first = '']) => codesIn(first).includes(code)),
  );
  expect(found, `tables that name ${code}`).toHaveLength(1);
  return found[0]?.slice(1) ?? [];
}

describe.each(references)('$file', ({ file, empty, prism }) => {
  const text = read(file);

  it('names every setting of a user, in order, with its default', () => {
    const told = tableNaming(text, 'PORT').map(([name = '', value = '']) => [codesIn(name)[0], value]);
    const expected = Object.values(userSettings).map((setting) => [
      setting.name,
      setting === userSettings.geweBaseUrl ? prism : setting.fallback || empty,
    ]);
    expect(told).toEqual(expected);
  });

  it('names every setting of the local stack, in order, with its default', () => {
    const told = tableNaming(text, 'LOCAL_DATA_DIR').map(([name = '', value]) => [codesIn(name)[0], value]);
    expect(told).toEqual(Object.values(localSettings).map(({ name, fallback }) => [name, fallback]));
  });

  it('names every failure and every fault, but those that openapi.yaml alone describes', () => {
    const codes = [...new Set([...Object.keys(failureTraits), ...Object.keys(faultTexts)])];
    const told = tableNaming(text, 'token-rejected').flatMap(([first = '']) => codesIn(first));
    expect(told.toSorted()).toEqual(codes.filter((code) => !describedElsewhere.includes(code)).toSorted());
  });
});

/** What follows from a caller's own path or question, or tells of a fault of ours: `openapi.yaml` is enough. */
const describedElsewhere = [
  'nothing-stored',
  'refresh-not-found',
  'changes-gone',
  'not-found',
  'method-not-allowed',
  'internal-error',
];

it.each(describedElsewhere)('openapi.yaml describes %s, which the reference leaves out', (code) => {
  expect(Object.keys(faultTexts)).toContain(code);
  expect(read('openapi.yaml')).toMatch(new RegExp(`[\`':]${code}\\b`));
});

/** Pages that say the same in both languages, each beside the other. */
const pairs = [
  ['README.md', 'README.zh-CN.md'],
  ['docs/aws-limits.md', 'docs/aws-limits.zh-CN.md'],
  ['docs/cost.md', 'docs/cost.zh-CN.md'],
  ['docs/deploy.md', 'docs/deploy.zh-CN.md'],
  ['docs/events.md', 'docs/events.zh-CN.md'],
  ['docs/operations.md', 'docs/operations.zh-CN.md'],
  ['docs/reference.md', 'docs/reference.zh-CN.md'],
] as const;

describe.each(pairs)('%s and %s', (englishFile, chineseFile) => {
  const [inEnglish, inChinese] = [read(englishFile), read(chineseFile)];

  it('have the same code blocks', () => {
    expect(blocksOf(inChinese)).toEqual(blocksOf(inEnglish));
  });

  it('have the same headings, level by level', () => {
    expect(levelsOf(inChinese)).toEqual(levelsOf(inEnglish));
  });

  it('have the same headings of alarms', () => {
    const namesOf = (markdown: string) => proseOf(markdown).match(/^### [\w-]+$/gm) ?? [];
    expect(namesOf(inChinese)).toEqual(namesOf(inEnglish));
  });

  it('have the same tables, row by row, about the same things', () => {
    const codes = (markdown: string) =>
      tablesOf(markdown).map((rows) => rows.slice(1).map(([first = '']) => first.match(/`[^`]+`|^\d+$/g)));
    expect(codes(inChinese)).toEqual(codes(inEnglish));
  });

  it('link to each other', () => {
    expect(inEnglish).toContain(`](${basename(chineseFile)})`);
    expect(inChinese).toContain(`](${basename(englishFile)})`);
  });
});

describe.each(globSync(['*.zh-CN.md', 'docs/*.zh-CN.md'], { cwd: root }))('%s', (file) => {
  const text = proseOf(read(file));

  it('says 你 to its reader, and emphasises with **', () => {
    expect(text).not.toMatch(/您|(?<![\w`/])_[^_\n`]+_(?!\w)/);
  });

  it('has one line for a paragraph: a line break between Chinese characters is shown as a space', () => {
    expect(text).not.toMatch(/[\p{Script=Han}，。；：、]\n(?=[\p{Script=Han}`*])/u);
  });
});

describe('what AWS does, and emulators do not', () => {
  const rowsOf = (file: string) => tablesOf(read(file)).flatMap((rows) => rows.slice(1));
  const testsIn = ([, , , tests = '']: readonly string[]) => codesIn(tests);
  const sourcesIn = (row: readonly string[]) => row[1]?.match(/https:\/\/[^)]+/g) ?? [];
  const [english, chinese] = ['docs/aws-limits.md', 'docs/aws-limits.zh-CN.md'].map(rowsOf);

  it.each(english ?? [])('has a source, and a test that stands for it: %s', (...row) => {
    expect(sourcesIn(row).length).toBeGreaterThan(0);
    expect(testsIn(row).length).toBeGreaterThan(0);
    expect(testsIn(row).filter((file) => !/\.test\.ts$/.test(file) || !existsSync(join(root, file)))).toEqual(
      [],
    );
  });

  it('has the same sources and tests in both languages', () => {
    expect(chinese?.map(sourcesIn)).toEqual(english?.map(sourcesIn));
    expect(chinese?.map(testsIn)).toEqual(english?.map(testsIn));
  });
});

it.each(['docs/deploy.md', 'docs/deploy.zh-CN.md'])(
  '%s names every setting of a deploy, with its default',
  (file) => {
    const told = tableNaming(read(file), 'API_RATE_LIMIT').map(([name = '', value]) => [
      codesIn(name)[0],
      value,
    ]);
    const expected = Object.values(deploySettings).map(({ name, fallback = '' }) => [name, fallback]);
    expect(told).toEqual(expected);
  },
);

describe.each(pages)('%s', (file) => {
  const text = read(file);

  it('links to files that are there', () => {
    const targets = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const missing = targets.filter(
      (target) => !/^https?:\/\//.test(target) && !existsSync(join(root, dirname(file), target)),
    );
    expect(missing).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const named = codesIn(proseOf(text)).filter((code) =>
      /^(functions|infra|lib|mocks|tests|tools|docs)\/[\w./-]*$/.test(code),
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});
