import { expect, it } from 'vitest';
import { newNonce, newRefreshSuffix } from './random.ts';

it('makes refresh suffixes of 16 characters that use all of [0-9a-z]', () => {
  const suffixes = Array.from({ length: 200 }, newRefreshSuffix);
  for (const suffix of suffixes) expect(suffix).toMatch(/^[0-9a-z]{16}$/);
  expect(new Set(suffixes).size).toBe(200);
  expect(new Set(suffixes.join('')).size).toBe(36);
});

it('makes nonces that are different', () => {
  const nonces = Array.from({ length: 200 }, newNonce);
  for (const nonce of nonces) expect(nonce).toMatch(/^[\w-]{12}$/);
  expect(new Set(nonces).size).toBe(200);
});
