import type { EpochMs, Pending, PendingRerun, Subscription } from '../../device/record.ts';
import { failures, triggers } from './refresh-codec.ts';
import { asArray, asInteger, asString, optional, shortForms, trimmed } from './stored-json.ts';

// The parts of a device record that keep it fresh by itself, and tell others: tuples, as in refresh-codec.ts.

const kinds = shortForms<Pending['kind']>({ changed: 'c', failed: 'f' });

/** `baseMs`: what all times are told from. */
export function encodeSubscription(subscription: Subscription, baseMs: EpochMs): readonly unknown[] {
  const {
    suffix,
    createdAtMs,
    everyMs,
    anchorMs,
    onCallbacks,
    failures: failed,
    dueAtMs,
    stopped,
  } = subscription;
  return trimmed([
    suffix,
    createdAtMs - baseMs,
    anchorMs - baseMs,
    Number(onCallbacks),
    failed,
    everyMs ?? null,
    dueAtMs === undefined ? null : dueAtMs - baseMs,
    stopped === undefined ? null : Number(stopped),
  ]);
}

/** Throws `Undecodable`. */
export function decodeSubscription(value: unknown, field: string, baseMs: EpochMs): Subscription {
  const [suffix, created, anchor, onCallbacks, failed, every, due, halted] = asArray(value, field);
  const everyMs = optional(every, `${field}.everyMs`, asInteger);
  const dueAt = optional(due, `${field}.dueAtMs`, asInteger);
  const stopped = optional(halted, `${field}.stopped`, asInteger);
  return {
    suffix: asString(suffix, `${field}.suffix`),
    createdAtMs: asInteger(created, `${field}.createdAtMs`) + baseMs,
    anchorMs: asInteger(anchor, `${field}.anchorMs`) + baseMs,
    onCallbacks: asInteger(onCallbacks, `${field}.onCallbacks`) === 1,
    failures: asInteger(failed, `${field}.failures`),
    ...(everyMs !== undefined && { everyMs }),
    ...(dueAt !== undefined && { dueAtMs: dueAt + baseMs }),
    ...(stopped !== undefined && { stopped: stopped === 1 }),
  };
}

export function encodeWanted(
  { notBeforeMs, requestedAtMs, trigger }: PendingRerun,
  baseMs: EpochMs,
): readonly unknown[] {
  return [notBeforeMs - baseMs, requestedAtMs - baseMs, triggers.encode(trigger)];
}

/** Throws `Undecodable`. */
export function decodeWanted(value: unknown, field: string, baseMs: EpochMs): PendingRerun {
  const [notBefore, asked, trigger] = asArray(value, field);
  return {
    notBeforeMs: asInteger(notBefore, `${field}.notBeforeMs`) + baseMs,
    requestedAtMs: asInteger(asked, `${field}.requestedAtMs`) + baseMs,
    trigger: triggers.decode(trigger, `${field}.trigger`),
  };
}

export function encodePending(pending: Pending, baseMs: EpochMs): readonly unknown[] {
  const { kind, refreshId, rev, atMs } = pending;
  const head = [kinds.encode(kind), refreshId, rev, atMs - baseMs];
  if (pending.kind === 'failed') return [...head, failures.encode(pending.error)];
  return trimmed([...head, pending.added, pending.removed, pending.from ?? null]);
}

/** Throws `Undecodable`. */
export function decodePending(value: unknown, field: string, baseMs: EpochMs): Pending {
  const [kind, refreshId, rev, at, ...rest] = asArray(value, field);
  const head = {
    refreshId: asString(refreshId, `${field}.refreshId`),
    rev: asInteger(rev, `${field}.rev`),
    atMs: asInteger(at, `${field}.atMs`) + baseMs,
  };
  if (kinds.decode(kind, `${field}.kind`) === 'failed') {
    return { kind: 'failed', ...head, error: failures.decode(rest[0], `${field}.error`) };
  }
  const from = optional(rest[2], `${field}.from`, asString);
  return {
    kind: 'changed',
    ...head,
    added: asInteger(rest[0], `${field}.added`),
    removed: asInteger(rest[1], `${field}.removed`),
    ...(from !== undefined && { from }),
  };
}
