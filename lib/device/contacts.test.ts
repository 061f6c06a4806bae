import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contacts, countsOf, digestOf, total } from './contacts.ts';

const ids = fc.uniqueArray(fc.string(), { maxLength: 8 });
const contacts: fc.Arbitrary<Contacts> = fc.record({ friends: ids, chatrooms: ids, ghs: ids });

describe('the digest of a list', () => {
  it('is the same whatever the order of the ids', () => {
    fc.assert(
      fc.property(contacts, fc.func(fc.integer()), (list, order) => {
        const shuffled = list.friends.toSorted((one, other) => order(one) - order(other));
        expect(digestOf({ ...list, friends: shuffled })).toBe(digestOf(list));
      }),
    );
  });

  it('differs as soon as an id is in another array, is added, or is cut in two', () => {
    const list = { friends: ['a', 'b'], chatrooms: [], ghs: [] };
    const others: Contacts[] = [
      { friends: ['a'], chatrooms: ['b'], ghs: [] },
      { friends: ['a', 'b', 'c'], chatrooms: [], ghs: [] },
      { friends: ['ab'], chatrooms: [], ghs: [] },
      { friends: ['a"', '"b'], chatrooms: [], ghs: [] },
    ];
    for (const other of others) expect(digestOf(other)).not.toBe(digestOf(list));
  });

  it('is 43 characters of base64url, fit for a query and an entity tag', () => {
    expect(digestOf({ friends: [], chatrooms: [], ghs: [] })).toMatch(/^[\w-]{43}$/);
  });
});

describe('the counts of a list', () => {
  it('are told array by array, and add up', () => {
    const counts = countsOf({ friends: ['a', 'b'], chatrooms: ['c'], ghs: [] });
    expect(counts).toEqual({ friends: 2, chatrooms: 1, ghs: 0 });
    expect(total(counts)).toBe(3);
  });
});
