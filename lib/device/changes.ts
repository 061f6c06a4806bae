import { type Contacts, contactArrays } from './contacts.ts';
import type { EpochMs } from './record.ts';

/** The difference between two lists, from one digest to another. */
export interface Change {
  readonly from: string;
  readonly to: string;
  readonly atMs: EpochMs;
  /** Absent when the change was too large to be kept (see `maxKeptIds`). */
  readonly difference?: Difference;
}

export interface Difference {
  readonly added: Contacts;
  readonly removed: Contacts;
}

/** A change of more ids than this is kept as a fact only: its reader is better served by the whole list. */
export const maxKeptIds = 2_000;

/** The ids that `to` has and `from` has not, and the other way round, array by array. */
export function differenceBetween(from: Contacts, to: Contacts): Difference {
  return { added: without(to, from), removed: without(from, to) };
}

export function sizeOf(contacts: Contacts): number {
  return contactArrays.reduce((sum, array) => sum + contacts[array].length, 0);
}

/**
 * What lies between `since` and `current`, composed from the kept changes; undefined when they do not reach
 * back that far, or one of them was too large to be kept.
 */
export async function differenceSince(
  since: string,
  current: string,
  newestFirst: AsyncIterable<Change>,
): Promise<Difference | undefined> {
  let reached = current;
  let composed: Difference = { added: nobody, removed: nobody };
  if (reached === since) return composed;
  for await (const change of newestFirst) {
    // A change whose commit was lost in a crash stands beside the chain, not in it.
    if (change.to !== reached) continue;
    if (change.difference === undefined) return undefined;
    composed = compose(change.difference, composed);
    reached = change.from;
    if (reached === since) return composed;
  }
  return undefined;
}

const nobody: Contacts = { friends: [], chatrooms: [], ghs: [] };

/** First `earlier`, then `later`: what came and went again in between is in neither. */
function compose(earlier: Difference, later: Difference): Difference {
  return {
    added: union(without(earlier.added, later.removed), without(later.added, earlier.removed)),
    removed: union(without(earlier.removed, later.added), without(later.removed, earlier.added)),
  };
}

function without(contacts: Contacts, others: Contacts): Contacts {
  return mapArrays((array) => {
    const gone = new Set(others[array]);
    return contacts[array].filter((id) => !gone.has(id));
  });
}

function union(one: Contacts, other: Contacts): Contacts {
  return mapArrays((array) => [...new Set([...one[array], ...other[array]])]);
}

function mapArrays(make: (array: keyof Contacts) => readonly string[]): Contacts {
  return { friends: make('friends'), chatrooms: make('chatrooms'), ghs: make('ghs') };
}
