import { cacheMemoryMs, confirmDelayMs, type Policy } from './policy.ts';
import {
  type DeviceRecord,
  type EpochMs,
  type OpenRefresh,
  type Superseded,
  supersededDigestLength,
} from './record.ts';
import { fail, retryOrFail, succeed, withAbandonedEnded } from './refresh-end.ts';
import type { Claim, ClaimOutcome, Decision, Event, MessageRef, SettleOutcome } from './refresh-events.ts';
import { advance, afterWork, deliveryOf, emptyRecord, isHeld, newCall, requeue } from './refresh-steps.ts';
import { asSeen, isOpen } from './refresh-view.ts';

// The life of a refresh: queued → running → succeeded | failed. Every rule of it is one of these pure functions
// of (record, event, time, policy). Whoever calls them stores `next` by compare-and-swap, and decides again
// from what is stored when somebody else was first.

/** A worker takes up a message. A list call's beginning is stored here, before the call is made. */
export function claim(
  record: DeviceRecord | undefined,
  message: MessageRef,
  worker: { readonly owner: string; readonly nowMs: EpochMs },
  policy: Policy,
): Decision<ClaimOutcome> {
  const { owner, nowMs } = worker;
  const refresh = record?.refresh;
  if (record === undefined || refresh === undefined || !isOpen(refresh) || refresh.id !== message.refreshId) {
    return { outcome: { kind: 'drop' } };
  }
  const seen = asSeen(refresh, nowMs);
  if (!isOpen(seen))
    return { next: advance(withAbandonedEnded(record, nowMs), {}), outcome: { kind: 'drop' } };
  if (refresh.step !== message.step) {
    if (isHeld(refresh, nowMs)) return { outcome: { kind: 'drop' } };
    return { outcome: { kind: 'resend', send: deliveryOf(refresh, nowMs) } };
  }
  const held = isHeld(refresh, nowMs) ? refresh.lease : undefined;
  if (held) return { outcome: { kind: 'hide', untilMs: held.untilMs } };
  if (nowMs < refresh.notBeforeMs) return { outcome: { kind: 'hide', untilMs: refresh.notBeforeMs } };

  const running = record.call && nowMs < record.call.mayRunUntilMs ? record.call : undefined;
  const call = running ?? newCall(record.call, nowMs, policy);
  // A list call that begins now sees whatever was heard of before.
  const { wanted, ...rest } = record;
  const next = advance(running && wanted ? { ...rest, wanted } : rest, {
    call,
    refresh: {
      ...refresh,
      status: 'running',
      startedAtMs: refresh.startedAtMs ?? nowMs,
      attempt: refresh.attempt + (running ? 0 : 1),
      lease: { owner, untilMs: nowMs + policy.leaseMs },
    },
  });
  return { next, outcome: { kind: 'work', work: running ? 'poll' : 'list', call, fence: next.rev } };
}

/** The refresh, if this claim still holds it. */
export function heldBy(
  record: DeviceRecord | undefined,
  claim: Claim,
  nowMs: EpochMs,
): OpenRefresh | undefined {
  const refresh = record?.refresh && asSeen(record.refresh, nowMs);
  if (refresh === undefined || !isOpen(refresh)) return undefined;
  const holds =
    refresh.id === claim.refreshId && refresh.step === claim.step && refresh.lease?.owner === claim.owner;
  return holds ? refresh : undefined;
}

/** The holder goes on: true with a longer lease, false when it has lost the refresh and has to stop. */
export function renew(
  record: DeviceRecord | undefined,
  claim: Claim,
  nowMs: EpochMs,
  policy: Policy,
): Decision<boolean> {
  const refresh = heldBy(record, claim, nowMs);
  if (record === undefined || refresh === undefined) return { outcome: false };
  const lease = { owner: claim.owner, untilMs: nowMs + policy.leaseMs };
  return { next: advance(record, { refresh: { ...refresh, lease } }), outcome: true };
}

/** The holder of a claim says what came of its work. */
export function settle(
  record: DeviceRecord | undefined,
  claim: Claim,
  event: Event,
  nowMs: EpochMs,
  policy: Policy,
): Decision<SettleOutcome> {
  const refresh = heldBy(record, claim, nowMs);
  if (record === undefined || refresh === undefined) return { outcome: { kind: 'stale' } };
  switch (event.kind) {
    case 'lost': {
      if (record.call === undefined || policy.cacheWindowMs === 0) {
        return retryOrFail(record, refresh, event.class, nowMs, policy);
      }
      const call = { ...record.call, mayRunUntilMs: nowMs + policy.cacheWindowMs };
      return requeue({ ...record, call }, { ...refresh, error: event.class }, nowMs, 0);
    }
    case 'refused':
      return retryOrFail(afterWork(record, event.work), refresh, event.class, nowMs, policy);
    case 'silence': {
      const windowEndsMs = record.call?.mayRunUntilMs ?? nowMs;
      if (nowMs + policy.cachePollMs < windowEndsMs) {
        return requeue(record, refresh, nowMs, policy.cachePollMs);
      }
      // No other look is to come: the window is over, and a list call may begin when it has ended.
      const leftMs = Math.max(0, windowEndsMs - nowMs);
      // It waited for the call of an earlier refresh: its own is still to be made.
      if (refresh.attempt === 0) return requeue(record, refresh, nowMs, leftMs);
      return retryOrFail(record, refresh, refresh.error ?? 'upstream-timeout', nowMs, policy, leftMs);
    }
    case 'shrunken':
      return requeue(afterWork(record, event.work), { ...refresh, confirming: true }, nowMs, confirmDelayMs);
    case 'unchanged': {
      const { snapshot, call } = record;
      if (snapshot === undefined || call === undefined) return { outcome: { kind: 'stale' } };
      const result = { counts: snapshot.counts, added: 0, removed: 0 };
      // What GeWe's cache remembers of the stored list says nothing new.
      const memory = event.work === 'poll' && nowMs - snapshot.receivedAtMs < cacheMemoryMs;
      if (memory) return succeed(record, refresh, result, nowMs);
      const asOfMs = Math.max(snapshot.asOfMs, event.work === 'list' ? call.startedAtMs : call.oldestMs);
      const confirmed = { ...snapshot, asOfMs, receivedAtMs: nowMs };
      return succeed({ ...afterWork(record, event.work), snapshot: confirmed }, refresh, result, nowMs);
    }
    case 'changed': {
      const { snapshot, result } = event;
      const before = record.snapshot;
      // What is served never goes back in time: look again for something newer.
      if (before && snapshot.asOfMs < before.asOfMs) {
        return requeue(record, refresh, nowMs, policy.cachePollMs);
      }
      const settled = { ...afterWork(record, event.work), superseded: supersededBy(record, snapshot, nowMs) };
      return succeed(settled, refresh, result, nowMs, { snapshot, before });
    }
  }
}

/** The lists that GeWe's cache may still remember, when another takes the stored one's place. */
function supersededBy(
  { superseded, snapshot: before }: DeviceRecord,
  { digest }: { readonly digest: string },
  nowMs: EpochMs,
): readonly Superseded[] {
  const remembered = superseded.filter(
    (one) => !digest.startsWith(one.digest) && nowMs - one.atMs < cacheMemoryMs,
  );
  const last = before ? [{ digest: before.digest.slice(0, supersededDigestLength), atMs: nowMs }] : [];
  return [...remembered, ...last].slice(-maxSuperseded);
}

/** At the shortest interval of a minute no more lists are superseded within the cache's ten minutes. */
const maxSuperseded = 10;

/** The message of a step ended in the dead-letter queue: its workers died again and again. */
export function bury(
  record: DeviceRecord | undefined,
  message: MessageRef,
  nowMs: EpochMs,
): Decision<SettleOutcome | { readonly kind: 'hide'; readonly untilMs: EpochMs }> {
  const refresh = record?.refresh && asSeen(record.refresh, nowMs);
  if (record === undefined || refresh === undefined || !isOpen(refresh))
    return { outcome: { kind: 'stale' } };
  if (refresh.id !== message.refreshId || refresh.step !== message.step) {
    return { outcome: { kind: 'stale' } };
  }
  // A duplicate of a message that is being served: whether it is needed shows when that lease ends.
  if (refresh.lease && isHeld(refresh, nowMs))
    return { outcome: { kind: 'hide', untilMs: refresh.lease.untilMs } };
  return fail(record, refresh, 'worker-crashed', nowMs);
}

/** The device is erased: nothing is left but its revision, and the call that may still be at work upstream. */
export function erase(record: DeviceRecord | undefined, nowMs: EpochMs): Decision<number | undefined> {
  if (record === undefined) return { outcome: undefined };
  if (record.erasedAtMs !== undefined) return { outcome: record.rev };
  const { rev, call } = record;
  const next = advance({ ...emptyRecord, rev, ...(call && { call }) }, { erasedAtMs: nowMs });
  return { next, outcome: next.rev };
}
