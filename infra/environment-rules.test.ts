import { expect, it } from 'vitest';
import { bytesOf, environmentFault, maxEnvironmentBytes } from './environment-rules.ts';

const hash = 'ab'.repeat(32);
const withHashes = (count: number) => ({
  TABLE_NAME: null,
  ALLOWED_TOKEN_HASHES: Array.from({ length: count }, () => hash).join(','),
  LOG_LEVEL: 'INFO',
});

it('takes what AWS takes, and not a byte more', () => {
  const rest = bytesOf({ NAME: '' });
  const full = { one: { NAME: 'x'.repeat(maxEnvironmentBytes - rest) } };
  expect(environmentFault(full)).toBeUndefined();
  expect(environmentFault({ one: { NAME: `${full.one.NAME}x` } })).toBeDefined();
});

it('counts bytes, not characters', () => {
  expect(bytesOf({ A: '你' })).toBe(4);
});

it('has room for 50 hashes of tokens, and names the setting of which there is too much', () => {
  expect(environmentFault({ reader: withHashes(50) })).toBeUndefined();
  expect(environmentFault({ small: withHashes(1), reader: withHashes(70), other: withHashes(69) })).toBe(
    'the environment of reader would have 4752 bytes, and AWS takes 4096: shorten ALLOWED_TOKEN_HASHES',
  );
});

it('finds nothing where there is nothing', () => {
  expect(environmentFault({})).toBeUndefined();
});
