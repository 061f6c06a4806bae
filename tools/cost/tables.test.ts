import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idleMonth } from './month.ts';
import { pricesOf } from './prices.ts';
import { readStack } from './stack.ts';
import { callRows, limitRows, monthRows, partRows, unitRows } from './tables.ts';

const stack = readStack();
const docs = join(import.meta.dirname, '../../docs');
const read = (page: string): string => readFileSync(join(docs, page), 'utf8');

/** The rows below the head of each table of a page. */
function tablesOf(text: string): string[][][] {
  const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.map((table) =>
    table
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

const withoutFirst = (rows: readonly (readonly string[])[] = []) => rows.map(([, ...rest]) => rest);

describe.each(['cost.md', 'cost.zh-CN.md'])('docs/%s', (page) => {
  const text = read(page);
  const [month, parts, units, calls, limits] = tablesOf(text);

  it('says what a month costs, and where it goes', () => {
    expect(month).toEqual(monthRows(stack));
    expect(withoutFirst(parts)).toEqual(partRows(stack));
  });

  it('says what one of each thing costs', () => {
    expect(withoutFirst(units)).toEqual(unitRows(stack));
  });

  it('says how many list calls are assumed', () => {
    expect(calls).toEqual(callRows(stack));
  });

  it('says what ends first', () => {
    const numbers = (rows: readonly (readonly string[])[] = []) =>
      rows.map(([size, , ...rest]) => [size, ...rest]);
    expect(numbers(limits)).toEqual(numbers(limitRows(stack)));
    if (page === 'cost.md') expect(limits).toEqual(limitRows(stack));
  });

  it('says when the prices were looked up, and what the fixed part is', () => {
    expect(text).toContain(pricesOf);
    expect(text).toContain(`$${idleMonth(stack).fixed.toFixed(2)}`);
  });
});

it.each([
  ['../README.md', /idle stack costs about \$([\d.]+) a month/],
  ['../README.zh-CN.md', /闲置时每月约 ([\d.]+) 美元/],
  ['deploy.md', /^About \$([\d.]+)\./m],
  ['deploy.zh-CN.md', /^大约 ([\d.]+) 美元。/m],
])('docs/%s agrees on what an idle stack costs, but for some cents of storage', (page, figure) => {
  const [, told] = figure.exec(read(page)) ?? [];
  expect(Math.abs(Number(told) - idleMonth(stack).fixed)).toBeLessThan(0.15);
});
