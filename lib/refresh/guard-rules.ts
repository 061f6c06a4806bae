import { type Difference, sizeOf } from '../device/changes.ts';
import { type Contacts, total } from '../device/contacts.ts';
import { cacheMemoryMs } from '../device/policy.ts';
import type { DeviceRecord, EpochMs } from '../device/record.ts';
import type { Work } from './refresh-rules.ts';

/** Below this many ids a list may shrink as it likes. */
const guardedFrom = 20;

/** What to make of a list that GeWe gave. */
export type Verdict =
  /** It is the stored one. */
  | 'unchanged'
  /** GeWe's cache repeats an earlier list: go on polling. */
  | 'stale-cache'
  /** It lost more than half of the stored ids: a second list call has to confirm that. */
  | 'suspicious-shrink'
  /** It takes the stored one's place. */
  | 'changed';

/** Judges a list before it replaces the stored one; `difference` is undefined when there is no stored one to compare. */
export function judge(
  record: DeviceRecord,
  given: { readonly digest: string; readonly contacts: Contacts; readonly work: Work },
  difference: Difference | undefined,
  nowMs: EpochMs,
): Verdict {
  const { snapshot, refresh, call } = record;
  if (snapshot?.digest === given.digest) return 'unchanged';
  const remembered = Object.entries(record.superseded).some(
    ([digest, atMs]) => given.digest.startsWith(digest) && nowMs - atMs < cacheMemoryMs,
  );
  if (given.work === 'poll' && remembered) return 'stale-cache';
  if (snapshot === undefined) return 'changed';
  // It may be older than what is served, which never goes back in time.
  if (given.work === 'poll' && call !== undefined && call.oldestMs < snapshot.asOfMs) return 'stale-cache';

  const before = total(snapshot.counts);
  const lost = difference ? sizeOf(difference.removed) : before - sizeOf(given.contacts);
  if (before < guardedFrom || lost * 2 <= before) return 'changed';
  const confirming = refresh !== undefined && 'confirming' in refresh && refresh.confirming === true;
  if (!confirming) return 'suspicious-shrink';
  // The cache cannot confirm: it may only repeat the first short list.
  return given.work === 'list' ? 'changed' : 'stale-cache';
}
