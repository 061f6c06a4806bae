import type { PendingEnvelope } from '../contract/types.generated.ts';
import type { EpochMs } from '../device/record.ts';
import { isOpen } from '../device/record.ts';
import type { StoredContacts } from '../refresh/read.ts';
import type { Started } from '../refresh/start.ts';
import { type Answer, failureEnvelope, json } from './answer.ts';
import { type CacheUse, listAnswer } from './list-answer.ts';
import { appliedHeader, type Preferences } from './preferences.ts';
import { refreshAnswer } from './refresh-answer.ts';

const cacheUse: Readonly<Record<Started['how'], CacheUse>> = {
  recent: 'hit',
  begun: 'fwd=request; stored',
  joined: 'fwd=request; stored; collapsed',
};

/**
 * A start in GeWe's own envelope: the list, why there is none, or that it is on its way. "Not yet" is said by `ret`:
 * clients raise on any HTTP status but 200.
 */
export function listStartAnswer(
  started: Started,
  stored: StoredContacts | undefined,
  preferences: Preferences,
  acceptEncoding: string | undefined,
  nowMs: EpochMs,
): Answer {
  const { refresh } = started;
  const headers = appliedHeader(preferences);
  if (refresh.status === 'failed' && refresh.error) return failureEnvelope(refresh.error, headers);
  if (refresh.status === 'succeeded' && stored?.kind === 'list') {
    return listAnswer(stored, acceptEncoding, nowMs, cacheUse[started.how], headers);
  }
  const msg = '正在后台获取通讯录列表，请稍后调用 fetchContactsListCache 接口获取结果';
  return json<PendingEnvelope>(200, { ret: 202, msg }, headers);
}

/** A start in the REST API: 202 while it is under way, 200 when it has ended. */
export function resourceStartAnswer(started: Started, preferences: Preferences, nowMs: EpochMs): Answer {
  const status = isOpen(started.refresh) ? 202 : 200;
  // Relative: stages and custom domains put prefixes in front that a function cannot know.
  const location = { Location: `refreshes/${started.refresh.id}` };
  return refreshAnswer(status, started, nowMs, { ...location, ...appliedHeader(preferences) });
}
