import type { DeviceRecord, EpochMs, ListCall, Slot, SnapshotRef, Superseded } from '../../device/record.ts';
import { decodeCounts, decodeEnded, decodeRefresh, encodeCounts, encodeRefresh } from './refresh-codec.ts';
import {
  asArray,
  asInteger,
  asObject,
  asString,
  asStrings,
  optional,
  parseStored,
  shortForms,
  trimmed,
} from './stored-json.ts';
import {
  decodePending,
  decodeSubscription,
  decodeWanted,
  encodePending,
  encodeSubscription,
  encodeWanted,
} from './subscription-codec.ts';

const slots = shortForms<Slot>({ A: 'A', B: 'B' });

/**
 * The content of a device record but its `rev` (an attribute of its own): one JSON text, small enough that the
 * item stays within one write unit. `t` is the time that all others are told from, in milliseconds; `s` snapshot,
 * `c` list call, `r` refresh, `p` past refreshes, `o` superseded (old) lists, `u` subscription, `w` pendingRerun, `n` news that
 * are pending, `f` offline since, `b` back since, `e` erased at.
 */
export function encodeRecord(record: DeviceRecord): string {
  const { snapshot, call, refresh, results, superseded, erasedAtMs } = record;
  const { subscription, pendingRerun, pending = [], offlineSinceMs, backAtMs } = record;
  const t = refresh?.createdAtMs ?? snapshot?.asOfMs ?? 0;
  return JSON.stringify({
    t,
    ...(snapshot && { s: encodeSnapshot(snapshot, t) }),
    ...(call && { c: encodeCall(call, t) }),
    ...(refresh && { r: encodeRefresh(refresh, t) }),
    ...(results.length > 0 && { p: results.map((ended) => encodeRefresh(ended, t)) }),
    ...(superseded.length > 0 && { o: superseded.map(({ digest, atMs }) => [digest, atMs - t]) }),
    ...(subscription && { u: encodeSubscription(subscription, t) }),
    ...(pendingRerun && { w: encodeWanted(pendingRerun, t) }),
    ...(pending.length > 0 && { n: pending.map((one) => encodePending(one, t)) }),
    ...(offlineSinceMs !== undefined && { f: offlineSinceMs - t }),
    ...(backAtMs !== undefined && { b: backAtMs - t }),
    ...(erasedAtMs !== undefined && { e: erasedAtMs - t }),
  });
}

/** The record of this revision. Throws `Undecodable`, which names the field. */
export function decodeRecord(rev: number, content: string | undefined): DeviceRecord {
  const { t, s, c, r, p, o, u, w, n, f, b, e } = asObject(parseStored(content, 'record'), 'record');
  const baseMs = asInteger(t, 'record.t');
  const snapshot = optional(s, 'snapshot', (value, field) => decodeSnapshot(value, field, baseMs));
  const call = optional(c, 'call', (value, field) => decodeCall(value, field, baseMs));
  const refresh = optional(r, 'refresh', (value, field) => decodeRefresh(value, field, baseMs));
  const subscription = optional(u, 'subscription', (value, field) =>
    decodeSubscription(value, field, baseMs),
  );
  const pendingRerun = optional(w, 'pendingRerun', (value, field) => decodeWanted(value, field, baseMs));
  const pending = optional(n, 'pending', asArray)?.map((one, i) =>
    decodePending(one, `pending[${i}]`, baseMs),
  );
  const offlineSince = optional(f, 'offlineSinceMs', asInteger);
  const backAt = optional(b, 'backAtMs', asInteger);
  const erasedAt = optional(e, 'erasedAtMs', asInteger);
  return {
    rev,
    ...(snapshot && { snapshot }),
    ...(call && { call }),
    ...(refresh && { refresh }),
    results: asArray(p ?? [], 'results').map((value, i) => decodeEnded(value, `results[${i}]`, baseMs)),
    superseded: asArray(o ?? [], 'superseded').map((value, i) =>
      decodeSuperseded(value, `superseded[${i}]`, baseMs),
    ),
    ...(subscription && { subscription }),
    ...(pendingRerun && { pendingRerun }),
    ...(pending && { pending }),
    ...(offlineSince !== undefined && { offlineSinceMs: offlineSince + baseMs }),
    ...(backAt !== undefined && { backAtMs: backAt + baseMs }),
    ...(erasedAt !== undefined && { erasedAtMs: erasedAt + baseMs }),
  };
}

function encodeSnapshot(snapshot: SnapshotRef, baseMs: EpochMs): readonly unknown[] {
  const { slot, digest, partDigests, counts, asOfMs, receivedAtMs, changedAtMs } = snapshot;
  const times = [asOfMs - baseMs, receivedAtMs - baseMs, changedAtMs - baseMs];
  return [slots.encode(slot), digest, partDigests, encodeCounts(counts), ...times];
}

function decodeSnapshot(value: unknown, field: string, baseMs: EpochMs): SnapshotRef {
  const [slot, digest, partDigests, counts, asOf, received, changed] = asArray(value, field);
  return {
    slot: slots.decode(slot, `${field}.slot`),
    digest: asString(digest, `${field}.digest`),
    partDigests: asStrings(partDigests, `${field}.partDigests`),
    counts: decodeCounts(counts, `${field}.counts`),
    asOfMs: asInteger(asOf, `${field}.asOfMs`) + baseMs,
    receivedAtMs: asInteger(received, `${field}.receivedAtMs`) + baseMs,
    changedAtMs: asInteger(changed, `${field}.changedAtMs`) + baseMs,
  };
}

/** Most calls are their own oldest: then it is left out. */
function encodeCall({ startedAtMs, mayRunUntilMs, oldestMs }: ListCall, baseMs: EpochMs): readonly unknown[] {
  const oldest = oldestMs === startedAtMs ? null : oldestMs - baseMs;
  return trimmed([startedAtMs - baseMs, mayRunUntilMs - baseMs, oldest]);
}

function decodeCall(value: unknown, field: string, baseMs: EpochMs): ListCall {
  const [started, mayRunUntil, oldest] = asArray(value, field);
  const startedAt = asInteger(started, `${field}.startedAtMs`);
  return {
    startedAtMs: startedAt + baseMs,
    mayRunUntilMs: asInteger(mayRunUntil, `${field}.mayRunUntilMs`) + baseMs,
    oldestMs: (optional(oldest, `${field}.oldestMs`, asInteger) ?? startedAt) + baseMs,
  };
}

function decodeSuperseded(value: unknown, field: string, baseMs: EpochMs): Superseded {
  const [digest, at] = asArray(value, field);
  return { digest: asString(digest, `${field}.digest`), atMs: asInteger(at, `${field}.atMs`) + baseMs };
}
