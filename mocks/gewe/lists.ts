import { createHash } from 'node:crypto';
import type { Contacts } from '../../lib/device/contacts.ts';
import type { Counts } from '../../lib/device/record.ts';
import seed from './seed-list.json' with { type: 'json' };

/** The example of GeWe's documentation: 29 friends, 5 chatrooms, 5 official accounts. */
export const seedList: Contacts = seed;

/**
 * A clean list of so many ids, the same one every time: the seed's ids first, as far as they are needed, then made up
 * ones of the same shape.
 */
export function makeList(counts: Counts): Contacts {
  return {
    friends: fill(counts.friends, seed.friends, (hex) => `wxid_${hex.slice(0, 14)}`),
    chatrooms: fill(
      counts.chatrooms,
      seed.chatrooms,
      (hex) => `${Number.parseInt(hex.slice(0, 10), 16)}@chatroom`,
    ),
    ghs: fill(counts.ghs, seed.ghs, (hex) => `gh_${hex.slice(0, 12)}`),
  };
}

/** The data of an answer as GeWe gives it on a bad day: what `dirtyListCleaned` is, and dirt. */
export const dirtyData: Readonly<Record<keyof Contacts, readonly unknown[]>> = {
  friends: [
    null,
    'weixin',
    'null',
    'gh_7aac992b0363',
    'weixin',
    'fangqing_hust',
    '',
    'filehelper',
    ' ',
    42,
    'a@openim',
  ],
  chatrooms: [null, '2180313478@chatroom', null, '2180313478@chatroom', '14358945067@chatroom'],
  ghs: ['gh_7aac992b0363', 'Tencent-Games', 'null', 'gh_7aac992b0363'],
};

/** What is left of `dirtyData`. */
export const dirtyListCleaned: Contacts = {
  friends: ['weixin', 'gh_7aac992b0363', 'fangqing_hust', 'filehelper', 'a@openim'],
  chatrooms: ['2180313478@chatroom', '14358945067@chatroom'],
  ghs: ['gh_7aac992b0363', 'Tencent-Games'],
};

function fill(count: number, first: readonly string[], make: (hex: string) => string): readonly string[] {
  const ids = first.slice(0, count);
  for (let index = ids.length; index < count; index++) {
    ids.push(make(createHash('sha256').update(String(index)).digest('hex')));
  }
  return ids;
}
