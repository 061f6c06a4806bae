import { describe, expect, it } from 'vitest';
import { type Contacts, contactArrays, countsOf } from '../../lib/device/contacts.ts';
import { cleanIds } from '../../lib/gewe/wire.ts';
import { dirtyData, dirtyListCleaned, makeList, seedList } from './lists.ts';

describe('made lists', () => {
  it('begin with the example of the documentation', () => {
    expect(countsOf(seedList)).toEqual({ friends: 29, chatrooms: 5, ghs: 5 });
    expect(makeList(countsOf(seedList))).toEqual(seedList);
    expect(makeList({ friends: 2, chatrooms: 0, ghs: 1 })).toEqual({
      friends: seedList.friends.slice(0, 2),
      chatrooms: [],
      ghs: seedList.ghs.slice(0, 1),
    });
  });

  it('have as many ids as asked for, each once, the same every time', () => {
    const counts = { friends: 24_000, chatrooms: 4_000, ghs: 2_000 };
    const made = makeList(counts);
    expect(countsOf(made)).toEqual(counts);
    for (const array of contactArrays) expect(cleanIds(made[array])).toHaveLength(counts[array]);
    expect(makeList(counts)).toEqual(made);
  });

  it('are dirty when dirt is asked for', () => {
    const cleaned: Contacts = {
      friends: cleanIds(dirtyData.friends),
      chatrooms: cleanIds(dirtyData.chatrooms),
      ghs: cleanIds(dirtyData.ghs),
    };
    expect(cleaned).toEqual(dirtyListCleaned);
  });
});
