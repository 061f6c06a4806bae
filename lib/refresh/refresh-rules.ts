import { type FailureClass, failureTraits } from '../device/failures.ts';
import { withPending } from '../device/outbox-rules.ts';
import {
  cacheMemoryMs,
  confirmDelayMs,
  delayUntilS,
  longestLineMs,
  type Policy,
  pollStretchMs,
  resendIntervalMs,
  resultRetentionMs,
} from '../device/policy.ts';
import {
  advance,
  type Decision,
  type DeviceRecord,
  type EndedRefresh,
  type EpochMs,
  emptyRecord,
  isOpen,
  type ListCall,
  type OpenRefresh,
  type Pending,
  type Refresh,
  type RefreshResult,
  type SnapshotRef,
  type Superseded,
  supersededDigestLength,
  type Trigger,
} from '../device/record.ts';
import { afterEnd } from '../device/subscription-rules.ts';

// The life of a refresh, from its start to its end. Each rule is a pure function of (record, what happened, time, policy). Whoever
// calls one stores `next` by compare-and-set, and decides again from what is stored when somebody else was first.
//
//                       begin                 claim                   settle: unchanged, changed
//   none, or ended ──────────────▶ queued ─────────────▶ running ──────────────────────────────▶ succeeded
//                                   ▲ │                   │   │
//       start, join: its message is │ │                   │   └── settle: lost, failed, with no retry left ──▶ failed
//       sent again, if it was lost ─┘ │                   │
//                                     │◀── requeue ───────┘ settle: lost, nothing-new (ask GeWe's cache), failed (retry
//                                     │                     after a delay), suspicious-shrink (confirm by a second call)
//                                     │◀── the lease ran out: the next worker claims it
//
//   queued, running ──▶ failed: past `deadlineAtMs` (abandoned, for every reader), or its message is a dead letter (worker-crashed)
//
// While a step is queued, its deadline has room for six hours in line: a claim takes back what was not spent there.
//
// One message carries a refresh on at a time; it names the step. There are no more steps than `mostSteps`. While an earlier list call
// may still run at GeWe (`record.call`), the work is to ask GeWe's cache, whoever made that call: no second list call begins beside it.

// ── Start ──

/** Which refresh, and which step of it, a message is about. */
export interface MessageRef {
  readonly refreshId: string;
  readonly step: number;
}

/** A message to send once the record is stored. */
export interface OutgoingStep {
  readonly refreshId: string;
  readonly step: number;
  /** Whole seconds. */
  readonly delayS: number;
}

/** Who begins a refresh. */
export interface StartRequest {
  readonly nowMs: EpochMs;
  readonly trigger: Trigger;
  /** 16 random characters, which make the id. */
  readonly suffix: string;
  /** It is not to begin before; at once when absent. */
  readonly notBeforeMs?: EpochMs;
}

export type StartOutcome =
  /** A new refresh, or one under way that was joined; `send` when its message is due. */
  | { readonly kind: 'begun' | 'joined'; readonly refresh: OpenRefresh; readonly send?: OutgoingStep }
  /** Another refresh would bring nothing newer than one that has just ended. */
  | { readonly kind: 'recent'; readonly refresh: EndedRefresh };

/** Somebody asks for a refresh. */
export function start(
  record: DeviceRecord | undefined,
  request: StartRequest,
  policy: Policy,
): Decision<StartOutcome> {
  const { nowMs } = request;
  const current = record?.refresh && asSeen(record.refresh, nowMs);
  if (record === undefined || current === undefined) return begin(record, request, policy);
  if (isOpen(current)) {
    if (current.id.endsWith(request.suffix)) {
      return { outcome: { kind: 'begun', refresh: current, send: outgoingStep(current, nowMs) } };
    }
    return join(record, current, request);
  }
  if (nowMs < quietUntilMs(current, policy)) return { outcome: { kind: 'recent', refresh: current } };
  return begin(record, request, policy);
}

/**
 * Sends the message again when it may have been lost (nobody works on it, and it has been due for a while), and when a caller
 * waits for a refresh that was only to begin some time. One that the schedule began becomes the caller's: from then on its messages
 * wait behind none of the schedule's.
 */
export function join(
  record: DeviceRecord,
  refresh: OpenRefresh,
  { nowMs, trigger }: Pick<StartRequest, 'nowMs' | 'trigger'>,
): Decision<StartOutcome> {
  const isQueued = !isHeld(refresh, nowMs);
  const isTaken = trigger === 'api' && refresh.trigger === 'schedule';
  const hastened = trigger === 'api' && isQueued && refresh.step === 1 && nowMs < refresh.notBeforeMs;
  const isSent = isQueued && (isTaken || hastened || nowMs >= lostFromMs(refresh));
  if (!isSent && !isTaken) return { outcome: { kind: 'joined', refresh } };
  const joined: OpenRefresh = {
    ...refresh,
    ...(isTaken && { trigger }),
    ...(isSent && { sentAtMs: nowMs }),
    ...(hastened && { notBeforeMs: nowMs }),
  };
  const send = isSent && outgoingStep(joined, nowMs);
  const outcome: StartOutcome = { kind: 'joined', refresh: joined, ...(send && { send }) };
  return { next: advance(record, { refresh: joined }), outcome };
}

/** A new refresh, in the place of one that has ended, or was abandoned. */
export function begin(
  record: DeviceRecord | undefined,
  { nowMs, trigger, suffix, notBeforeMs = nowMs }: StartRequest,
  policy: Policy,
): Decision<StartOutcome> {
  const { erasedAtMs: _revived, ...stored } = record ?? emptyRecord;
  const base = withAbandonedEnded(stored, nowMs);
  const refresh: OpenRefresh = {
    // Ids sort in the order of time, whatever the clocks of those who start say.
    id: `${(base.rev + 1).toString(36).padStart(7, '0')}-${suffix}`,
    trigger,
    status: 'queued',
    createdAtMs: nowMs,
    deadlineAtMs: deadlineAfter(notBeforeMs, policy) + longestLineMs,
    attempt: 0,
    step: 1,
    retries: 0,
    notBeforeMs,
    sentAtMs: nowMs,
  };
  const previous = base.refresh;
  const isReadable = previous && !isOpen(previous) && nowMs - previous.endedAtMs < resultRetentionMs;
  return {
    next: advance(base, { refresh }),
    ...(isReadable && { archive: previous }),
    outcome: { kind: 'begun', refresh, send: outgoingStep(refresh, nowMs) },
  };
}

/** The message could not be sent: the next start sends it, without waiting. */
export function notSent(record: DeviceRecord | undefined, message: MessageRef): Decision<void> {
  const refresh = record?.refresh;
  if (record === undefined || refresh === undefined || !isOpen(refresh)) return { outcome: undefined };
  if (refresh.id !== message.refreshId || refresh.step !== message.step) return { outcome: undefined };
  return { next: advance(record, { refresh: { ...refresh, sentAtMs: 0 } }), outcome: undefined };
}

/** Until then another refresh is not worth a call: the ended one is recent enough. */
export function quietUntilMs(ended: EndedRefresh, policy: Policy): EpochMs {
  if (ended.status === 'succeeded') return ended.endedAtMs + policy.minRefreshIntervalMs;
  const coolsDown = ended.error !== undefined && failureTraits[ended.error].coolsDown;
  return ended.endedAtMs + (coolsDown ? policy.failureCooldownMs : 0);
}

/** From then on the message of a refresh that nobody works on counts as lost. */
export function lostFromMs({ sentAtMs, notBeforeMs }: OpenRefresh): EpochMs {
  return sentAtMs === 0 ? notBeforeMs : Math.max(sentAtMs, notBeforeMs) + resendIntervalMs;
}

// ── Claim: a worker takes a step under a lease ──

/** A claim that somebody holds. */
export interface Claim extends MessageRef {
  readonly owner: string;
}

/** What a worker does in one receive: one list call, or a stretch of looking into GeWe's cache. */
export type Work = 'list' | 'poll';

export type ClaimOutcome =
  | {
      readonly kind: 'work';
      readonly work: Work;
      readonly call: ListCall;
      /** As the claim stored it. Its revision is the fence: what this claim's holder writes yields to later claims' writes. */
      readonly record: DeviceRecord;
    }
  /** Another worker holds it, or it is too early: receive the message again then. */
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  /** The message is of an earlier step: make sure that the current one's is on its way. */
  | { readonly kind: 'resend'; readonly send: OutgoingStep }
  /** Nothing to do: ended, erased, unknown, or leased by another worker. */
  | { readonly kind: 'drop' };

/** A worker received a message. That a list call begins is stored here, before the call is made. */
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
    return { outcome: { kind: 'resend', send: outgoingStep(refresh, nowMs) } };
  }
  const held = isHeld(refresh, nowMs) ? refresh.lease : undefined;
  if (held) return { outcome: { kind: 'wait', untilMs: held.untilMs } };
  if (nowMs < refresh.notBeforeMs) return { outcome: { kind: 'wait', untilMs: refresh.notBeforeMs } };

  const taken = { ...refresh, deadlineAtMs: deadlineWhenTaken(refresh, nowMs) };
  if (!isOpen(asSeen(taken, nowMs))) {
    const over = withAbandonedEnded({ ...record, refresh: taken }, nowMs);
    return { next: advance(over, {}), outcome: { kind: 'drop' } };
  }
  const running = record.call && nowMs < record.call.mayRunUntilMs ? record.call : undefined;
  const call = running ?? newCall(record.call, nowMs, policy);
  // A list call that begins now sees whatever was reported before. That it was made is known when it is settled.
  const { rerun } = record;
  const covered = rerun && { notBeforeMs: rerun.notBeforeMs, trigger: rerun.trigger, isCovered: true };
  const next = advance(record, {
    ...(covered && !running && { rerun: covered }),
    call,
    refresh: {
      ...taken,
      status: 'running',
      startedAtMs: refresh.startedAtMs ?? nowMs,
      attempt: refresh.attempt + (running ? 0 : 1),
      lease: { owner, untilMs: nowMs + policy.leaseMs },
    },
  });
  return { next, outcome: { kind: 'work', work: running ? 'poll' : 'list', call, record: next } };
}

/**
 * What was counted for waiting in line, and not spent there, is taken back; what was spent is not the refresh's own time. After a crash
 * nothing is: what that costs comes out of `slackMs`.
 */
function deadlineWhenTaken({ deadlineAtMs, status, notBeforeMs }: OpenRefresh, nowMs: EpochMs): EpochMs {
  return status === 'queued' ? deadlineAtMs - longestLineMs + (nowMs - notBeforeMs) : deadlineAtMs;
}

/** A list call that begins now, after whatever is known of an earlier one. */
function newCall(earlier: ListCall | undefined, nowMs: EpochMs, policy: Policy): ListCall {
  const remembered = earlier !== undefined && nowMs < earlier.mayRunUntilMs + cacheMemoryMs;
  return {
    startedAtMs: nowMs,
    mayRunUntilMs: nowMs + policy.listTimeoutMs + policy.cacheWindowMs,
    oldestMs: remembered ? earlier.oldestMs : nowMs,
  };
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

/** A worker holds the refresh under a living lease. */
function isHeld(refresh: OpenRefresh, nowMs: EpochMs): boolean {
  return refresh.lease !== undefined && nowMs < refresh.lease.untilMs;
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

// ── Settle: what the work brought ──

/** What came of a claim's work. */
export type WorkOutcome =
  /** The list call failed and GeWe may still be at work on it: its cache may have the result soon. */
  | { readonly kind: 'lost'; readonly class: FailureClass }
  /** GeWe answered with an error, or could not be reached at all. */
  | { readonly kind: 'failed'; readonly work: Work; readonly class: FailureClass }
  /** The cache had nothing new in this stretch. */
  | { readonly kind: 'nothing-new' }
  /** The list is suspiciously short: a second list call has to say the same. */
  | { readonly kind: 'suspicious-shrink'; readonly work: Work }
  /** The stored list once more. */
  | { readonly kind: 'unchanged'; readonly work: Work }
  /** Another list, already written into its slot. */
  | {
      readonly kind: 'changed';
      readonly work: Work;
      readonly snapshot: SnapshotRef;
      readonly result: RefreshResult;
    };

export type SettleOutcome =
  | { readonly kind: 'continued'; readonly send: OutgoingStep }
  | { readonly kind: 'ended'; readonly refresh: EndedRefresh }
  /** The claim was lost: nothing is changed. */
  | { readonly kind: 'stale' };

/** The holder of a claim says what came of its work. */
export function settle(
  record: DeviceRecord | undefined,
  claim: Claim,
  event: WorkOutcome,
  nowMs: EpochMs,
  policy: Policy,
): Decision<SettleOutcome> {
  const refresh = heldBy(record, claim, nowMs);
  if (record === undefined || refresh === undefined) return { outcome: { kind: 'stale' } };
  const decision = afterEvent(record, refresh, event, nowMs, policy);
  if (decision.outcome.kind !== 'continued' || refresh.step < mostSteps(policy)) return decision;
  // No way through these rules is so long: were there one, its messages would not go on for ever.
  const error = 'class' in event ? event.class : (refresh.error ?? 'upstream-timeout');
  return fail(record, refresh, error, nowMs);
}

function afterEvent(
  record: DeviceRecord,
  refresh: OpenRefresh,
  event: WorkOutcome,
  nowMs: EpochMs,
  policy: Policy,
): Decision<SettleOutcome> {
  switch (event.kind) {
    case 'lost': {
      if (record.call === undefined || policy.cacheWindowMs === 0) {
        return retryOrFail(afterCall(record), refresh, event.class, nowMs, policy);
      }
      const call = { ...record.call, mayRunUntilMs: nowMs + policy.cacheWindowMs };
      return requeue({ ...afterCall(record), call }, { ...refresh, error: event.class }, nowMs, 0);
    }
    case 'failed':
      return retryOrFail(afterWork(record, event.work), refresh, event.class, nowMs, policy);
    case 'nothing-new': {
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
    case 'suspicious-shrink':
      return requeue(afterWork(record, event.work), { ...refresh, confirming: true }, nowMs, confirmDelayMs);
    case 'unchanged': {
      const { snapshot, call } = record;
      if (snapshot === undefined || call === undefined) return { outcome: { kind: 'stale' } };
      const result = { counts: snapshot.counts, added: 0, removed: 0 };
      // GeWe's cache may only repeat the stored list: that says nothing new.
      const isStaleCache = event.work === 'poll' && nowMs - snapshot.receivedAtMs < cacheMemoryMs;
      if (isStaleCache) return succeed(record, refresh, result, nowMs);
      const asOfMs = Math.max(snapshot.asOfMs, event.work === 'list' ? call.startedAtMs : call.oldestMs);
      const confirmed = { ...snapshot, asOfMs, receivedAtMs: nowMs };
      return succeed({ ...afterList(record, event.work), snapshot: confirmed }, refresh, result, nowMs);
    }
    case 'changed': {
      const { snapshot, result } = event;
      const before = record.snapshot;
      // What is served never goes back in time: look again for something newer.
      if (before && snapshot.asOfMs < before.asOfMs) {
        return requeue(record, refresh, nowMs, policy.cachePollMs);
      }
      const settled = { ...afterList(record, event.work), superseded: supersededBy(record, snapshot, nowMs) };
      return succeed(settled, refresh, result, nowMs, { snapshot, before });
    }
  }
}

/**
 * What is known of the list call after some work: its own answer ends it. An answer of the cache does not, even when
 * it is a new list: that may be the result of an earlier call, while this one is still at work.
 */
function afterWork(record: DeviceRecord, work: Work): DeviceRecord {
  if (work === 'poll') return record;
  const { call: _over, ...rest } = afterCall(record);
  return rest;
}

/** The same, when it gave a list that is no memory: the cache has it from this call, where it can stem from no earlier one. */
function afterList(record: DeviceRecord, work: Work): DeviceRecord {
  const { call } = record;
  const wasMade = work === 'poll' && call?.oldestMs === call?.startedAtMs;
  return wasMade ? afterCall(record) : afterWork(record, work);
}

/** The latest list call is known to have been made: what it covers is no longer pending. */
function afterCall(record: DeviceRecord): DeviceRecord {
  if (!record.rerun?.isCovered) return record;
  const { rerun: _seen, ...rest } = record;
  return rest;
}

/** The lists that GeWe's cache may still remember, when another takes the stored one's place. */
function supersededBy(
  { superseded, snapshot: before }: DeviceRecord,
  { digest }: { readonly digest: string },
  nowMs: EpochMs,
): Superseded {
  const remembered = Object.entries(superseded).filter(
    ([earlier, atMs]) => !digest.startsWith(earlier) && nowMs - atMs < cacheMemoryMs,
  );
  const latest = remembered.toSorted(([, one], [, other]) => one - other).slice(1 - maxSuperseded);
  return {
    ...Object.fromEntries(latest),
    ...(before && { [before.digest.slice(0, supersededDigestLength)]: nowMs }),
  };
}

/** At the shortest interval of a minute no more lists are superseded within the cache's ten minutes. */
const maxSuperseded = 10;

/** Ends this step; the next one's message is to be served after the delay. */
function requeue(
  record: DeviceRecord,
  refresh: OpenRefresh,
  nowMs: EpochMs,
  delayMs: number,
): Decision<SettleOutcome> {
  const { lease: _released, ...rest } = refresh;
  const queued: OpenRefresh = {
    ...rest,
    status: 'queued',
    step: refresh.step + 1,
    notBeforeMs: nowMs + delayMs,
    sentAtMs: nowMs,
    deadlineAtMs: refresh.deadlineAtMs + longestLineMs,
  };
  return {
    next: advance(record, { refresh: queued }),
    outcome: { kind: 'continued', send: outgoingStep(queued, nowMs) },
  };
}

/** The current step's message. */
function outgoingStep(refresh: OpenRefresh, nowMs: EpochMs): OutgoingStep {
  return { refreshId: refresh.id, step: refresh.step, delayS: delayUntilS(refresh.notBeforeMs, nowMs) };
}

/** A transient failure is tried again after the next of the delays; any other one, and the last, is the end. */
function retryOrFail(
  record: DeviceRecord,
  refresh: OpenRefresh,
  error: FailureClass,
  nowMs: EpochMs,
  policy: Policy,
  leastDelayMs = 0,
): Decision<SettleOutcome> {
  const delayMs = failureTraits[error].retryable ? policy.retryDelaysMs[refresh.retries] : undefined;
  if (delayMs === undefined) return fail(record, refresh, error, nowMs);
  const retried = { ...refresh, error, retries: refresh.retries + 1 };
  return requeue(record, retried, nowMs, Math.max(delayMs, leastDelayMs));
}

// ── End ──

function fail(
  record: DeviceRecord,
  refresh: OpenRefresh,
  error: FailureClass,
  nowMs: EpochMs,
): Decision<SettleOutcome> {
  const failed = ended(refresh, { status: 'failed', endedAtMs: nowMs, error });
  return { next: withEnded(record, failed), outcome: { kind: 'ended', refresh: failed } };
}

/** `brought`: the list that took the stored one's place; absent when nothing changed. */
function succeed(
  record: DeviceRecord,
  refresh: OpenRefresh,
  result: RefreshResult,
  nowMs: EpochMs,
  brought?: { readonly snapshot: SnapshotRef; readonly before: SnapshotRef | undefined },
): Decision<SettleOutcome> {
  const succeeded = ended(refresh, { status: 'succeeded', endedAtMs: nowMs, result });
  // What the schedule began has waited for others.
  const expectedMs = nowMs - (refresh.startedAtMs ?? refresh.createdAtMs);
  const next = { ...withEnded(record, succeeded), expectedMs };
  const outcome: SettleOutcome = { kind: 'ended', refresh: succeeded };
  if (brought === undefined) return { next, outcome };
  const { added, removed } = result;
  const changed: Pending = {
    kind: 'changed',
    refreshId: refresh.id,
    rev: next.rev,
    atMs: nowMs,
    ...(brought.before && { from: brought.before.digest }),
    added,
    removed,
  };
  const pending = withPending(next.pending, changed);
  return { next: { ...next, snapshot: brought.snapshot, pending }, outcome };
}

/**
 * The next record, with its refresh ended: what that means for the subscription, for the pending rerun, and for the events to
 * publish.
 */
function withEnded(record: DeviceRecord, end: EndedRefresh): DeviceRecord {
  const { subscription, offlineSinceMs, backAtMs, rerun, ...rest } = record;
  const { id: refreshId, error, endedAtMs } = end;
  const rev = record.rev + 1;
  const sinceMs = offlineSinceMs ?? (error === 'device-offline' && subscription ? endedAtMs : undefined);
  const isOffline = sinceMs !== undefined && end.status === 'failed';
  // Another refresh could not help.
  const isVain = error !== undefined && failureTraits[error].coolsDown;
  return {
    ...rest,
    rev,
    refresh: end,
    ...(subscription && { subscription: afterEnd(subscription, end, endedAtMs) }),
    ...(rerun && !isVain && { rerun }),
    ...(isOffline && { offlineSinceMs: sinceMs }),
    ...(backAtMs !== undefined && !isOffline && { backAtMs }),
    ...(error && {
      pending: withPending(record.pending, { kind: 'failed', refreshId, rev, atMs: endedAtMs, error }),
    }),
  };
}

/** An open refresh, ended: what only matters while it is under way is dropped. */
function ended(
  refresh: OpenRefresh,
  end: Pick<EndedRefresh, 'status' | 'endedAtMs' | 'result' | 'error'>,
): EndedRefresh {
  const { id, trigger, createdAtMs, startedAtMs, attempt } = refresh;
  return { id, trigger, createdAtMs, attempt, ...(startedAtMs !== undefined && { startedAtMs }), ...end };
}

/** The record with a refresh that is past its deadline ended; the same record when it is not. */
function withAbandonedEnded(record: DeviceRecord, nowMs: EpochMs): DeviceRecord {
  const { refresh } = record;
  if (refresh === undefined || !isOpen(refresh)) return record;
  const seen = asSeen(refresh, nowMs);
  return isOpen(seen) ? record : { ...withEnded(record, seen), rev: record.rev };
}

/** Crashes and a busy queue may cost this much beside the calls themselves. */
const slackMs = 15 * 60_000;

/**
 * By when a refresh that begins now has ended, if no message of it ever waits in line: the longest way it can take through its
 * tries, its retries' waits, one confirmation, and an earlier refresh's call that it has to wait for.
 */
export function deadlineAfter(nowMs: EpochMs, policy: Policy): EpochMs {
  const callMs = policy.listTimeoutMs + policy.cacheWindowMs;
  const calls = policy.retryDelaysMs.length + 3;
  const waitsMs = policy.retryDelaysMs.reduce((sum, delayMs) => sum + delayMs, confirmDelayMs);
  return nowMs + calls * callMs + waitsMs + slackMs;
}

/**
 * Most steps that a refresh takes, and so most messages that carry it on. It waits for as many calls as `deadlineAfter` counts: each is a
 * step of its own, and so is each stretch of looking into GeWe's cache while the call may still run. A stretch takes as long as a list
 * call may, which is the least time that a worker has left for a step, or `pollStretchMs`; only the last one of a call is shorter.
 */
export function mostSteps({ listTimeoutMs, cacheWindowMs, cachePollMs, retryDelaysMs }: Policy): number {
  const stretchMs = Math.max(cachePollMs, Math.min(pollStretchMs, listTimeoutMs));
  const stretches = Math.ceil((listTimeoutMs + cacheWindowMs) / stretchMs) + 1;
  return (retryDelaysMs.length + 3) * (1 + stretches);
}

/** The message of a step ended in the dead-letter queue: its workers died again and again. */
export function failFromDeadLetter(
  record: DeviceRecord | undefined,
  message: MessageRef,
  nowMs: EpochMs,
): Decision<SettleOutcome | { readonly kind: 'wait'; readonly untilMs: EpochMs }> {
  const refresh = record?.refresh && asSeen(record.refresh, nowMs);
  if (record === undefined || refresh === undefined || !isOpen(refresh))
    return { outcome: { kind: 'stale' } };
  if (refresh.id !== message.refreshId || refresh.step !== message.step) {
    return { outcome: { kind: 'stale' } };
  }
  // A duplicate of a message that is being served: whether it is needed shows when that lease ends.
  if (refresh.lease && isHeld(refresh, nowMs))
    return { outcome: { kind: 'wait', untilMs: refresh.lease.untilMs } };
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

// ── What readers see ──

/** The refresh as every reader has to see it: past its deadline it has failed, whoever still works on it. */
export function asSeen(refresh: Refresh, nowMs: EpochMs): Refresh {
  if (!isOpen(refresh) || nowMs < refresh.deadlineAtMs) return refresh;
  return ended(refresh, { status: 'failed', endedAtMs: refresh.deadlineAtMs, error: 'abandoned' });
}

/** A refresh of this record by its id, as readers see it; the archive may know it when this does not. */
export function refreshIn(record: DeviceRecord, refreshId: string, nowMs: EpochMs): Refresh | undefined {
  const known = record.refresh?.id === refreshId ? record.refresh : undefined;
  const seen = known && asSeen(known, nowMs);
  if (seen && !isOpen(seen) && nowMs - seen.endedAtMs >= resultRetentionMs) return undefined;
  return seen;
}
