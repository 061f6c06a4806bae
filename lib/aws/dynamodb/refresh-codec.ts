import type { FailureClass } from '../../device/failures.ts';
import type {
  Counts,
  EndedRefresh,
  EpochMs,
  Lease,
  OpenRefresh,
  Refresh,
  RefreshResult,
  Trigger,
} from '../../device/record.ts';
import { isOpen } from '../../device/record.ts';
import { asArray, asInteger, asString, optional, shortForms, trimmed, Undecodable } from './stored-json.ts';

// Refreshes are tuples, their words short and their times relative to one base time: a device record with several
// of them has to stay within one write unit (1 KB). Changing a form here means reading both.

const statuses = shortForms<Refresh['status']>({ queued: 'q', running: 'r', succeeded: 's', failed: 'f' });
export const triggers = shortForms<Trigger>({
  api: 'a',
  schedule: 's',
  event: 'e',
  callback: 'c',
  'pass-through': 'p',
});
export const failures = shortForms<FailureClass>({
  'token-rejected': 'tr',
  'device-unknown': 'du',
  'device-offline': 'do',
  'upstream-timeout': 'ut',
  'upstream-error': 'ue',
  'upstream-malformed': 'um',
  'upstream-empty': 'up',
  'worker-crashed': 'wc',
  abandoned: 'ab',
});

/** `baseMs`: what all times are told from. */
export function encodeRefresh(refresh: Refresh, baseMs: EpochMs): readonly unknown[] {
  const started = refresh.startedAtMs === undefined ? null : refresh.startedAtMs - baseMs;
  const head = [
    statuses.encode(refresh.status),
    refresh.id,
    triggers.encode(refresh.trigger),
    refresh.createdAtMs - baseMs,
    started,
    refresh.attempt,
  ];
  const error = refresh.error === undefined ? null : failures.encode(refresh.error);
  if (isOpen(refresh)) {
    const { lease, confirming } = refresh;
    return trimmed([
      ...head,
      refresh.deadlineAtMs - baseMs,
      refresh.step,
      refresh.notBeforeMs - baseMs,
      refresh.sentAtMs - baseMs,
      refresh.retries,
      lease ? [lease.owner, lease.untilMs - baseMs] : null,
      error,
      confirming === undefined ? null : Number(confirming),
    ]);
  }
  const { result } = refresh;
  return trimmed([
    ...head,
    refresh.endedAtMs - baseMs,
    result ? [...encodeCounts(result.counts), result.added, result.removed] : null,
    error,
  ]);
}

/** Throws `Undecodable`. */
export function decodeRefresh(value: unknown, field: string, baseMs: EpochMs): Refresh {
  const [word, ...rest] = asArray(value, field);
  const status = statuses.decode(word, `${field}.status`);
  return status === 'queued' || status === 'running'
    ? decodeOpen(status, rest, field, baseMs)
    : decodeRest(status, rest, field, baseMs);
}

/** A refresh that has ended. Throws `Undecodable`. */
export function decodeEnded(value: unknown, field: string, baseMs: EpochMs): EndedRefresh {
  const refresh = decodeRefresh(value, field, baseMs);
  if (isOpen(refresh)) {
    throw new Undecodable(`${field}.status`, 'a refresh that has ended');
  }
  return refresh;
}

function decodeOpen(
  status: OpenRefresh['status'],
  tuple: readonly unknown[],
  field: string,
  baseMs: EpochMs,
): OpenRefresh {
  const [, , , , , deadline, step, notBefore, sent, retries, held, failure, doubted] = tuple;
  const lease = optional(held, `${field}.lease`, (pair, name) => decodeLease(pair, name, baseMs));
  const error = optional(failure, `${field}.error`, failures.decode);
  const confirming = optional(doubted, `${field}.confirming`, asInteger);
  return {
    ...decodeHead(tuple, field, baseMs),
    status,
    deadlineAtMs: asInteger(deadline, `${field}.deadlineAtMs`) + baseMs,
    step: asInteger(step, `${field}.step`),
    notBeforeMs: asInteger(notBefore, `${field}.notBeforeMs`) + baseMs,
    sentAtMs: asInteger(sent, `${field}.sentAtMs`) + baseMs,
    retries: asInteger(retries, `${field}.retries`),
    ...(lease && { lease }),
    ...(error && { error }),
    ...(confirming !== undefined && { confirming: confirming === 1 }),
  };
}

function decodeRest(
  status: EndedRefresh['status'],
  tuple: readonly unknown[],
  field: string,
  baseMs: EpochMs,
): EndedRefresh {
  const [, , , , , ended, brought, failure] = tuple;
  const result = optional(brought, `${field}.result`, decodeResult);
  const error = optional(failure, `${field}.error`, failures.decode);
  return {
    ...decodeHead(tuple, field, baseMs),
    status,
    endedAtMs: asInteger(ended, `${field}.endedAtMs`) + baseMs,
    ...(result && { result }),
    ...(error && { error }),
  };
}

function decodeHead(
  [id, trigger, created, started, attempt]: readonly unknown[],
  field: string,
  baseMs: EpochMs,
) {
  const startedAt = optional(started, `${field}.startedAtMs`, asInteger);
  return {
    id: asString(id, `${field}.id`),
    trigger: triggers.decode(trigger, `${field}.trigger`),
    createdAtMs: asInteger(created, `${field}.createdAtMs`) + baseMs,
    ...(startedAt !== undefined && { startedAtMs: startedAt + baseMs }),
    attempt: asInteger(attempt, `${field}.attempt`),
  };
}

function decodeLease(value: unknown, field: string, baseMs: EpochMs): Lease {
  const [owner, until] = asArray(value, field);
  return {
    owner: asString(owner, `${field}.owner`),
    untilMs: asInteger(until, `${field}.untilMs`) + baseMs,
  };
}

function decodeResult(value: unknown, field: string): RefreshResult {
  const [friends, chatrooms, ghs, added, removed] = asArray(value, field);
  return {
    counts: decodeCounts([friends, chatrooms, ghs], `${field}.counts`),
    added: asInteger(added, `${field}.added`),
    removed: asInteger(removed, `${field}.removed`),
  };
}

export function encodeCounts({ friends, chatrooms, ghs }: Counts): readonly number[] {
  return [friends, chatrooms, ghs];
}

/** Throws `Undecodable`. */
export function decodeCounts(value: unknown, field: string): Counts {
  const [friends, chatrooms, ghs] = asArray(value, field);
  return {
    friends: asInteger(friends, `${field}.friends`),
    chatrooms: asInteger(chatrooms, `${field}.chatrooms`),
    ghs: asInteger(ghs, `${field}.ghs`),
  };
}
