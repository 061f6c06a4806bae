import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tokenKeyOf } from '../device/keys.ts';
import { callbackIdOf, callbackKeyIn, callbackKeyOf, idHashOf, isIdOf } from './callback-id.ts';

const token = fc.string({ minLength: 1 });
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const idFor = (mine: string, salted: Uint8Array) =>
  callbackIdOf(callbackKeyOf(tokenKeyOf(mine)), mine, salted);

it('follows from the token and the salt, and holds the key it is found by', () => {
  fc.assert(
    fc.property(token, salt, (mine, salted) => {
      const id = idFor(mine, salted);
      expect(id).toMatch(/^[A-Za-z0-9_-]{54}$/);
      expect(idFor(mine, salted)).toBe(id);
      expect(callbackKeyIn(id)).toBe(callbackKeyOf(tokenKeyOf(mine)));
      expect(isIdOf(id, idHashOf(id))).toBe(true);
    }),
  );
});

it('is another one for another salt, and for another token', () => {
  fc.assert(
    fc.property(token, token, salt, salt, (one, other, first, second) => {
      fc.pre(one !== other && !Buffer.from(first).equals(Buffer.from(second)));
      const ids = new Set([idFor(one, first), idFor(one, second), idFor(other, first)]);
      expect(ids.size).toBe(3);
      expect(isIdOf(idFor(one, first), idHashOf(idFor(one, second)))).toBe(false);
    }),
  );
});

it('is not to be had from what is stored: its secret part is in neither the key nor the hash', () => {
  const id = idFor('canary-token', Buffer.alloc(16, 1));
  const stored = [callbackKeyOf(tokenKeyOf('canary-token')), Buffer.from(idHashOf(id)).toString('base64url')];
  for (const text of stored) expect(text).not.toContain(id.slice(22, 40));
});

it.each(['', 'a', 'a'.repeat(53), 'a'.repeat(55), `${'a'.repeat(53)}.`, `${'a'.repeat(53)}é`])(
  'takes %j for no id',
  (text) => expect(callbackKeyIn(text)).toBeUndefined(),
);

it('compares with a hash of any length', () => {
  expect(isIdOf('a', new Uint8Array())).toBe(false);
});
