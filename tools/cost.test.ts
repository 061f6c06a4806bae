import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costOfMonth, typical } from './cost/month.ts';
import { readStack } from './cost/stack.ts';

const stack = readStack();
function run(...args: readonly string[]) {
  const script = join(import.meta.dirname, 'cost.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { stdout, stderr, status };
}

describe('npm run cost', () => {
  it('gives the month in JSON: the parts are the total, which has the fixed part', () => {
    const { stdout, status } = run('--devices', '1000', '--every', '3600', '--list-seconds', '20', '--json');
    const told: { totalUsd: number; fixedUsd: number; parts: Record<string, number> } = JSON.parse(stdout);
    const sum = Object.values(told.parts).reduce((total, part) => total + part, 0);
    expect(status).toBe(0);
    expect(told.totalUsd).toBeCloseTo(sum, 9);
    expect(told.parts.fixed).toBe(told.fixedUsd);
    expect(told.totalUsd).toBe(costOfMonth(typical, stack).totalUsd);
  });

  it('gives a table for people, with what its figures assume', () => {
    const { stdout } = run('--devices', '1000000');
    expect(stdout).toMatch(/^DynamoDB: writes +[\d,]+\.\d\d$/m);
    expect(stdout).toMatch(/^MAX_LIST_CALLS=\d+: \d+ runs at most/m);
    expect(stdout).toMatch(/^NOT ENOUGH: .+: \d+ of \d+/m);
  });

  it('knows every option that its help names', () => {
    const named = [...run('--help').stdout.matchAll(/^ {2}(--[\w-]+)( N)?/gm)];
    expect(named.length).toBeGreaterThan(7);
    // There is no value that all of them take.
    for (const [, name = '', value] of named)
      if (value) expect(run(name, 'x').stderr).toContain(`${name} must be`);
  });

  it.each([
    [['--devices', 'many'], '--devices must be a whole number from 0 to 10000000'],
    [['--devices', '1.5'], '--devices must be a whole number from 0 to 10000000'],
    [['--every', '59'], '--every must be a whole number from 60 to 2592000'],
    [['--list-seconds', ''], '--list-seconds must be a number from 0 to 270'],
    [['--changed', '2'], '--changed must be a number from 0 to 1'],
    [['--max-list-calls', '1'], '--max-list-calls must be a whole number from 2 to 20000'],
    [['--what'], "Unknown option '--what'"],
    [['--devices', '100000', '--max-list-calls', '100'], 'MAX_LIST_CALLS=100 is too small'],
  ])('says what is wrong with %j, in one line', (args, message) => {
    const { stdout, stderr, status } = run(...args);
    expect([stdout, status]).toEqual(['', 1]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
