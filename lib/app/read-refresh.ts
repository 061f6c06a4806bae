import type { Clock, RecordStore, RefreshArchive } from '../domain/ports.ts';
import type { Refresh } from '../domain/record.ts';
import { isOpen, lastDurationMs, refreshIn } from '../domain/refresh-view.ts';

export interface ReadRefreshPorts {
  readonly records: RecordStore;
  readonly archive: RefreshArchive;
  readonly clock: Clock;
}

/** A refresh as it stands, and how long the last one like it took, where that is known. */
export interface SeenRefresh {
  readonly refresh: Refresh;
  readonly expectedMs: number | undefined;
}

/** The refresh of this id; undefined when there is none, or it ended more than 24 h ago. Throws `StoreUnavailable`. */
export async function readRefresh(
  deviceKey: string,
  refreshId: string,
  ports: ReadRefreshPorts,
): Promise<SeenRefresh | undefined> {
  const record = await ports.records.load(deviceKey);
  if (record === undefined || record.erasedAtMs !== undefined) return undefined;
  const refresh =
    refreshIn(record, refreshId, ports.clock.now()) ?? (await ports.archive.find(deviceKey, refreshId));
  return refresh && { refresh, expectedMs: lastDurationMs(record) };
}

const firstLookMs = 40;
const longestLookMs = 1_000;

/** Reads the refresh until it has ended, for at most `waitMs`; then as it stands. Ends early when the signal aborts. */
export async function awaitEnd(
  deviceKey: string,
  refreshId: string,
  waitMs: number,
  ports: ReadRefreshPorts,
  signal: AbortSignal,
): Promise<SeenRefresh | undefined> {
  const untilMs = ports.clock.now() + waitMs;
  for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 1.5, longestLookMs)) {
    const seen = await readRefresh(deviceKey, refreshId, ports);
    const leftMs = untilMs - ports.clock.now();
    if (seen === undefined || !isOpen(seen.refresh) || leftMs <= 0 || signal.aborted) return seen;
    await ports.clock.sleep(Math.min(lookMs, leftMs), signal);
  }
}
