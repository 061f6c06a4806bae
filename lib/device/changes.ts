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

/** One request reads at most so many changes: of hourly ones, all that are kept. */
export const maxChangesRead = 1_000;

/** One request reads changes of at most so many ids: its reader is better served by the whole list. */
export const maxIdsRead = 50_000;

/**
 * What lies between `since` and `current`, composed from the kept changes; undefined when they do not reach
 * back that far, one of them was too large to be kept, or too much lies between (`maxChangesRead`, `maxIdsRead`).
 */
export async function differenceSince(
  since: string,
  current: string,
  newestFirst: AsyncIterable<Change>,
): Promise<Difference | undefined> {
  const composed: Composed = { friends: new Map(), chatrooms: new Map(), ghs: new Map() };
  let reached = current;
  if (reached === since) return differenceOf(composed);
  let [changes, ids] = [0, 0];
  for await (const { from, to, difference } of newestFirst) {
    changes += 1;
    // A change whose commit was lost in a crash stands beside the chain, not in it.
    if (to === reached) {
      if (difference === undefined) return undefined;
      ids += sizeOf(difference.added) + sizeOf(difference.removed);
      if (ids > maxIdsRead) return undefined;
      precede(composed, difference);
      reached = from;
      if (reached === since) return differenceOf(composed);
    }
    if (changes === maxChangesRead) return undefined;
  }
  return undefined;
}

/** Of every id that came or went: whether it was there before, and whether it is afterwards. */
type Composed = Readonly<
  Record<keyof Contacts, Map<string, { wasThere: boolean; readonly isThere: boolean }>>
>;

/** Puts an earlier change in front of those composed so far: what it costs depends on its own ids alone. */
function precede(composed: Composed, { added, removed }: Difference): void {
  for (const array of contactArrays) {
    for (const [ids, wasThere] of [
      [added[array], false],
      [removed[array], true],
    ] as const) {
      for (const id of ids) {
        const known = composed[array].get(id);
        if (known) known.wasThere = wasThere;
        else composed[array].set(id, { wasThere, isThere: !wasThere });
      }
    }
  }
}

/** What came and went again in between is in neither. */
function differenceOf(composed: Composed): Difference {
  const idsThat = (was: boolean, is: boolean) =>
    mapArrays((array) =>
      [...composed[array]]
        .filter(([, { wasThere, isThere }]) => wasThere === was && isThere === is)
        .map(([id]) => id),
    );
  return { added: idsThat(false, true), removed: idsThat(true, false) };
}

function without(contacts: Contacts, others: Contacts): Contacts {
  return mapArrays((array) => {
    const gone = new Set(others[array]);
    return contacts[array].filter((id) => !gone.has(id));
  });
}

function mapArrays(make: (array: keyof Contacts) => readonly string[]): Contacts {
  return { friends: make('friends'), chatrooms: make('chatrooms'), ghs: make('ghs') };
}
