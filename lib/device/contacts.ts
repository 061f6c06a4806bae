import { createHash } from 'node:crypto';
import type { Counts } from './record.ts';

/** A device's contact list: ids only. Each id stands once in its array, in the order GeWe gave. */
export interface Contacts {
  readonly friends: readonly string[];
  /** Only the rooms that were saved to contacts. */
  readonly chatrooms: readonly string[];
  /** Official accounts. */
  readonly ghs: readonly string[];
}

/** The arrays of a list, in the order of the contract. */
export const contactArrays = ['friends', 'chatrooms', 'ghs'] as const satisfies readonly (keyof Contacts)[];

export function countsOf(contacts: Contacts): Counts {
  return {
    friends: contacts.friends.length,
    chatrooms: contacts.chatrooms.length,
    ghs: contacts.ghs.length,
  };
}

export function total(counts: Counts): number {
  return counts.friends + counts.chatrooms + counts.ghs;
}

/**
 * The name of a list: base64url SHA-256 (43 characters) over the sorted ids of each array. Two lists with the
 * same ids have the same digest, whatever the order.
 */
export function digestOf(contacts: Contacts): string {
  const canonical = contactArrays.map((array) => contacts[array].toSorted());
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url');
}
