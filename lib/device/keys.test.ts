import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceKeyOf } from './keys.ts';

const token = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
const appId = fc.stringMatching(/^[\w-]{1,30}$/);

describe('the key of a device', () => {
  it('is another one for another token or another app id', () => {
    fc.assert(
      fc.property(token, appId, token, appId, (tokenA, appA, tokenB, appB) => {
        fc.pre(tokenA !== tokenB || appA !== appB);
        expect(deviceKeyOf(tokenA, appA)).not.toBe(deviceKeyOf(tokenB, appB));
      }),
    );
  });

  it('does not show the token or the app id', () => {
    expect(deviceKeyOf('canary-token', 'wx_demo')).toMatch(/^[\w-]{43}$/);
    expect(deviceKeyOf('canary-token', 'wx_demo')).not.toContain('canary');
  });
});
