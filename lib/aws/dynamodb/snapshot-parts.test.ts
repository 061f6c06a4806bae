import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxPartBytes, partDigestOf, splitIntoParts } from './snapshot-parts.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('splitIntoParts', () => {
  it('gives pieces that are the bytes again when they are put together', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (whole, maxBytes) => {
        expect(Buffer.concat(splitIntoParts(whole, maxBytes))).toEqual(Buffer.from(whole));
      }),
    );
  });

  it('gives at least one piece, none larger than allowed and none empty but that one', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (whole, maxBytes) => {
        const sizes = splitIntoParts(whole, maxBytes).map((part) => part.byteLength);
        expect(sizes.length).toBe(Math.max(1, Math.ceil(whole.byteLength / maxBytes)));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBytes);
        if (whole.byteLength > 0) expect(Math.min(...sizes)).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps a part well below what one item may hold', () => {
    const sizes = splitIntoParts(new Uint8Array(2 * maxPartBytes + 1)).map((part) => part.byteLength);
    expect(sizes).toEqual([maxPartBytes, maxPartBytes, 1]);
    expect(maxPartBytes).toBeLessThan(400 * 1024 - 1024);
  });
});

describe('partDigestOf', () => {
  it('is the same for the same bytes and 22 characters of base64url', () => {
    expect(partDigestOf(Buffer.from('abc'))).toBe('ungWv48Bz-pBQUDeXa4iI7');
    expect(partDigestOf(new Uint8Array([97, 98, 99]))).toBe(partDigestOf(Buffer.from('abc')));
  });

  it('differs when a byte differs', () => {
    expect(partDigestOf(Buffer.from('abc'))).not.toBe(partDigestOf(Buffer.from('abd')));
  });
});
