import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

function run(input: string, ...args: readonly string[]) {
  const script = join(import.meta.dirname, 'token-hash.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], {
    input,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

it('prints the SHA-256 of the token on standard input, with or without a line end', () => {
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n';
  expect(run('abc\n')).toEqual({ stdout: hash, stderr: '', status: 0 });
  expect(run('  abc')).toEqual({ stdout: hash, stderr: '', status: 0 });
});

it('refuses a token given as an argument, and does not repeat it', () => {
  const { stdout, stderr, status } = run('', 'canary');
  expect([stdout, status]).toEqual(['', 1]);
  expect(stderr).toContain('standard input');
  expect(stderr).not.toContain('canary');
});

it.each(['', 'two words', '密钥'])('refuses %j, which is no token', (input) => {
  expect(run(input)).toMatchObject({ stdout: '', status: 1 });
});
