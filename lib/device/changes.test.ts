import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, differenceBetween, differenceSince, maxChangesRead, maxIdsRead } from './changes.ts';
import { type Contacts, contactArrays, digestOf } from './contacts.ts';

const ids = fc.subarray(['a', 'b', 'c', 'd', 'e']);
const contacts: fc.Arbitrary<Contacts> = fc.record({ friends: ids, chatrooms: ids, ghs: ids });

function changeBetween(from: Contacts, to: Contacts): Change {
  return { from: digestOf(from), to: digestOf(to), atMs: 0, difference: differenceBetween(from, to) };
}

const nobody: Contacts = { friends: [], chatrooms: [], ghs: [] };
const friendsAdded = (friends: readonly string[]) => ({ added: { ...nobody, friends }, removed: nobody });

async function* newestFirst(changes: readonly Change[]): AsyncGenerator<Change> {
  yield* changes.toReversed();
}

/** What a caller does with the answer: takes away what was removed, adds what was added. */
function applied(
  contactsBefore: Contacts,
  { added, removed }: ReturnType<typeof differenceBetween>,
): Contacts {
  const [friends = [], chatrooms = [], ghs = []] = contactArrays.map((array) => [
    ...contactsBefore[array].filter((id) => !removed[array].includes(id)),
    ...added[array],
  ]);
  return { friends, chatrooms, ghs };
}

describe('the difference since an earlier list', () => {
  it('turns that list into the current one, and names nothing twice or in vain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(contacts, { minLength: 1, maxLength: 8 }), fc.nat(), async (lists, pick) => {
        const since = lists[pick % lists.length];
        const current = lists.at(-1);
        if (since === undefined || current === undefined) throw new Error('no lists');
        const steps = lists.slice(1).map((list, index) => changeBetween(lists[index] ?? list, list));
        const changes = steps.filter(({ from, to }) => from !== to);
        const difference = await differenceSince(digestOf(since), digestOf(current), newestFirst(changes));
        expect(difference).toBeDefined();
        if (difference === undefined) return;
        expect(digestOf(applied(since, difference))).toBe(digestOf(current));
        for (const array of contactArrays) {
          for (const id of difference.added[array]) expect(since[array]).not.toContain(id);
          for (const id of difference.removed[array]) expect(since[array]).toContain(id);
        }
      }),
    );
  });

  it('passes over a change whose commit was lost in a crash', async () => {
    const [one, two, three] = ['a', 'b', 'c'].map((id) => ({ friends: [id], chatrooms: [], ghs: [] }));
    if (!one || !two || !three) throw new Error('three lists');
    const changes = [changeBetween(one, three), changeBetween(two, one), changeBetween(one, two)];
    const difference = await differenceSince(digestOf(one), digestOf(two), newestFirst(changes));
    expect(difference?.added.friends).toEqual(['b']);
    expect(difference?.removed.friends).toEqual(['a']);
  });

  it('is unknown when a change in between was too large to be kept, or none reaches back', async () => {
    const large: Change = { from: 'A', to: 'B', atMs: 0 };
    expect(await differenceSince('A', 'B', newestFirst([large]))).toBeUndefined();
    expect(await differenceSince('Z', 'B', newestFirst([]))).toBeUndefined();
  });

  it('is empty since the current list itself', async () => {
    const difference = await differenceSince('A', 'A', newestFirst([]));
    expect(difference?.added.friends).toEqual([]);
  });

  it('is unknown when more than 1,000 changes lie between, and none of those behind is read', async () => {
    const read: string[] = [];
    async function* chain(length: number) {
      for (let index = length; index > 0; index -= 1) {
        read.push(`${index}`);
        yield { from: `${index - 1}`, to: `${index}`, atMs: 0, difference: friendsAdded([`wxid_${index}`]) };
      }
    }
    const kept = await differenceSince('0', String(maxChangesRead), chain(maxChangesRead));
    expect(kept?.added.friends).toHaveLength(maxChangesRead);
    read.length = 0;
    const length = 10 * maxChangesRead;
    expect(await differenceSince('0', String(length), chain(length))).toBeUndefined();
    expect(read).toHaveLength(maxChangesRead);
  });

  it('counts the changes beside the chain, too', async () => {
    let read = 0;
    async function* strangers() {
      for (;;) {
        read += 1;
        yield { from: 'x', to: 'y', atMs: 0 };
      }
    }
    expect(await differenceSince('A', 'B', strangers())).toBeUndefined();
    expect(read).toBe(maxChangesRead);
  });

  it('is unknown when more than 50,000 ids came and went', async () => {
    const half = Array.from({ length: maxIdsRead / 2 }, (_, index) => `wxid_${index}`);
    const changes = [
      { from: 'A', to: 'B', atMs: 0, difference: friendsAdded(['wxid_x']) },
      { from: 'B', to: 'C', atMs: 0, difference: friendsAdded(half) },
      { from: 'C', to: 'D', atMs: 0, difference: { ...friendsAdded([]), removed: friendsAdded(half).added } },
    ];
    const known = await differenceSince('B', 'D', newestFirst(changes));
    expect(known).toEqual(differenceBetween(nobody, nobody));
    expect(await differenceSince('A', 'D', newestFirst(changes))).toBeUndefined();
  });

  it('of 10,000 ids is found without comparing each with each', () => {
    const friends = Array.from({ length: 10_000 }, (_, index) => `wxid_${index}`);
    const one = { friends, chatrooms: [], ghs: [] };
    const other = { friends: friends.map((id) => `${id}x`), chatrooms: [], ghs: [] };
    expect(differenceBetween(one, other).added.friends).toHaveLength(10_000);
  });
});
