import { BoundedMap } from '../device/bounded-map.ts';
import { type Clock, StoreUnavailable } from '../device/ports.ts';
import type { EpochMs } from '../device/record.ts';
import { bucketOf, countedMs, isCrowdedOut } from './forward-rules.ts';
import type { WaitingCounts } from './ports.ts';

/**
 * The bound on the callbacks of a token that wait for its target. Only what waits is counted: a callback that is delivered at once
 * costs nothing here. Those that began to wait in the same ten minutes are one number; when more than `most` wait, each of the oldest
 * that comes back makes room, until `most` are left.
 *
 * How exact: what waits comes back within 15 minutes, so for that long more than `most` may wait, by as many as came meanwhile. Which of
 * the same ten minutes make room is decided by who comes back first. A crash between a count and its message, or a message that SQS
 * gives twice, leaves a number wrong by one until its ten minutes are a day old, and nothing that waits is counted with them any more. A
 * count that could not be stored is left out: a callback is never delayed because of it.
 */
export interface WaitingCallbacks {
  /** One began to wait then. */
  began(callbackKey: string, waitsSinceMs: EpochMs): Promise<void>;
  /** One that began then waits no more. */
  ended(callbackKey: string, waitsSinceMs: EpochMs): Promise<void>;
  /** Whether one that began then is to make room for later ones. */
  isCrowdedOut(callbackKey: string, waitsSinceMs: EpochMs): Promise<boolean>;
}

/** What other processes counted is looked up no more often than this, for each token. */
const loadedAgainMs = 30_000;
const mostTokens = 1_000;

/** One write of a number at a time: what is to be added meanwhile goes into the next. */
interface Pending {
  change: number;
  written: Promise<void>;
}

export function createWaitingCallbacks(
  counts: WaitingCounts,
  most: number,
  clock: Pick<Clock, 'now'>,
): WaitingCallbacks {
  const loaded = new BoundedMap<{ readonly atMs: EpochMs; readonly counts: Map<EpochMs, number> }>(
    mostTokens,
  );
  const writing = new Map<string, Promise<unknown>>();
  const pending = new Map<string, Pending>();

  function add(callbackKey: string, waitsSinceMs: EpochMs, change: 1 | -1): Promise<void> {
    const bucketMs = bucketOf(waitsSinceMs);
    const ours = loaded.get(callbackKey)?.counts;
    ours?.set(bucketMs, (ours.get(bucketMs) ?? 0) + change);
    const name = `${callbackKey} ${bucketMs}`;
    const before = pending.get(name);
    if (before !== undefined) {
      before.change += change;
      return before.written;
    }
    const next: Pending = { change, written: Promise.resolve() };
    pending.set(name, next);
    const write = async () => {
      await writing.get(name);
      pending.delete(name);
      const written = counts.add(callbackKey, bucketMs, next.change);
      const settled = written.then(
        () => undefined,
        () => undefined,
      );
      writing.set(name, settled);
      try {
        const waiting = await written;
        // What others counted is in it, too.
        loaded.get(callbackKey)?.counts.set(bucketMs, waiting + (pending.get(name)?.change ?? 0));
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      } finally {
        if (writing.get(name) === settled) writing.delete(name);
      }
    };
    next.written = write();
    return next.written;
  }

  return {
    began: (callbackKey, waitsSinceMs) => add(callbackKey, waitsSinceMs, 1),
    ended: (callbackKey, waitsSinceMs) => add(callbackKey, waitsSinceMs, -1),

    async isCrowdedOut(callbackKey, waitsSinceMs) {
      const nowMs = clock.now();
      const known = loaded.get(callbackKey);
      if (known !== undefined && nowMs < known.atMs + loadedAgainMs)
        return isCrowdedOut(waitsSinceMs, known.counts, most);
      try {
        const fresh = new Map(await counts.load(callbackKey, bucketOf(nowMs - countedMs)));
        loaded.set(callbackKey, { atMs: nowMs, counts: fresh });
        return isCrowdedOut(waitsSinceMs, fresh, most);
      } catch (error) {
        if (error instanceof StoreUnavailable) return false;
        throw error;
      }
    },
  };
}
