import { createHash } from 'node:crypto';
import { dueAgainMs, dueShards, type Policy } from '../device/policy.ts';
import type { Decision, DeviceRecord, EpochMs, Subscription } from '../device/record.ts';
import { advance, isOpen } from '../device/record.ts';
import { nextDue } from '../device/subscription-rules.ts';
import type { MessageRef, OutgoingStep, StartOutcome } from './refresh-rules.ts';
import { begin, notSent, quietUntilMs, type StartRequest, start } from './refresh-rules.ts';

/** The partition of the index that a device is found in while it is due at some time: 0 to `dueShards - 1`. */
export function dueShardOf(deviceKey: string): number {
  return deviceKey.charCodeAt(0) % dueShards;
}

/** The schedule looks once a minute. */
const lookMs = 60_000;

// ── When a refresh begins ──

/** Scheduled refreshes begin together at least so often. */
const longestBunchMs = 5 * lookMs;
/** Waiting for a bunch takes at most this part of the time between two refreshes. */
const bunchesAPeriod = 12;

/** What the refreshes that begin in one run of the schedule have in common. */
export interface Bunching {
  /** Where this deployment's grid of times lies, so that not all deployments call GeWe at the same time: 0 to 300,000. */
  readonly phaseMs: number;
  /** Until then the list calls that are allowed have enough to do, whatever begins now. */
  readonly busyUntilMs: EpochMs;
}

/** From one of the times at which devices of this period begin together to the next. */
export function bunchMsOf(everyMs: number): number {
  const wholeLooks = Math.floor(everyMs / bunchesAPeriod / lookMs) * lookMs;
  return Math.max(lookMs, Math.min(longestBunchMs, wholeLooks));
}

/**
 * When the refresh of a device that is due begins: with others, at the next of the grid's times, because a worker costs the same
 * however many calls it waits for; at once, when waiting would save nothing, or take too long for its period.
 */
export function beginsAtMs(nowMs: EpochMs, everyMs: number, { phaseMs, busyUntilMs }: Bunching): EpochMs {
  const bunchMs = bunchMsOf(everyMs);
  if (bunchMs === lookMs) return nowMs;
  const togetherMs = nextOnGrid(nowMs, bunchMs, phaseMs);
  return togetherMs <= busyUntilMs ? nowMs : togetherMs;
}

/** `Bunching.phaseMs` of a deployment, from a text that no other one has, such as the URL of its queue. In whole seconds. */
export function phaseMsOf(text: string): number {
  const number = createHash('sha256').update(text).digest().readUInt32BE();
  return (number % (longestBunchMs / 1000)) * 1000;
}

/** The first time after now that is whole steps after the phase. */
function nextOnGrid(nowMs: EpochMs, stepMs: number, phaseMs: number): EpochMs {
  return phaseMs + (Math.floor((nowMs - phaseMs) / stepMs) + 1) * stepMs;
}

// ── How many begin ──

/** How many list calls the schedule may have open at GeWe, and how they are shared out. */
export interface Capacity {
  /** Runs of the worker at once. */
  readonly runs: number;
  /** List calls that one run holds open. */
  readonly callsPerRun: number;
}

/** Of so many list calls of a run, one is kept for callers: somebody waits for what they ask for. */
const slotsACaller = 25;

/** How many of the list calls of a run (`LIST_CALLS_PER_RUN`) the schedule may use. */
export function slotsForSchedule(slots: number): number {
  return slots === 1 ? 1 : slots - Math.ceil(slots / slotsACaller);
}

/** What the refreshes of the last devices that the schedule looked at took. */
export interface Pace {
  readonly refreshes: number;
  readonly totalMs: number;
}

export const unknownPace: Pace = { refreshes: 0, totalMs: 0 };

/** Assumed as long as nothing is known. */
const assumedMs = 20_000;
/** However quick or slow it was, a refresh counts as one that took at least and at most so long. */
const shortestMs = 1_000;
const longestMs = 600_000;

/** The pace, with one more device. */
export function withDevice(pace: Pace, record: DeviceRecord | undefined): Pace {
  const tookMs = lastTookMs(record);
  return tookMs === undefined ? pace : { refreshes: pace.refreshes + 1, totalMs: pace.totalMs + tookMs };
}

export function meanMs({ refreshes, totalMs }: Pace): number {
  return refreshes === 0 ? assumedMs : totalMs / refreshes;
}

/** How long the device's next refresh will occupy a list call, as far as is known: as long as its last one. */
export function expectedCallMs(record: DeviceRecord | undefined, pace: Pace): number {
  return lastTookMs(record) ?? meanMs(pace);
}

/** From the claim of its first step to its end, succeeded or failed. */
function lastTookMs(record: DeviceRecord | undefined): number | undefined {
  const refresh = record?.refresh;
  if (refresh === undefined || isOpen(refresh) || refresh.startedAtMs === undefined) return undefined;
  return Math.min(longestMs, Math.max(shortestMs, refresh.endedAtMs - refresh.startedAtMs));
}

/** So far ahead work is put in line: as long as refreshes wait for their bunch, and until the schedule looks again. */
const horizonMs = longestBunchMs + lookMs;

/** How much list-call time, in milliseconds, can be put in line now, beside the messages that are in line already; may be less than 0. */
export function roomMs(inLine: number, pace: Pace, capacity: Capacity): number {
  return callsOf(capacity) * horizonMs - inLine * meanMs(pace);
}

/** Where so much of the time until the schedule looks again is taken by what is due, waiting for a bunch saves next to nothing. */
const fullShare = 0.9;

/** Until when the list calls that are allowed have enough to do with what is in line (`visible`) and what is `due`; always, where so much comes each minute. */
export function busyUntilMs(
  { visible, due }: { readonly visible: number; readonly due: number },
  pace: Pace,
  capacity: Capacity,
  nowMs: EpochMs,
): EpochMs {
  const eachMs = meanMs(pace) / callsOf(capacity);
  return due * eachMs >= fullShare * lookMs ? Number.POSITIVE_INFINITY : nowMs + (visible + due) * eachMs;
}

function callsOf({ runs, callsPerRun }: Capacity): number {
  return runs * callsPerRun;
}

// ── Who works on them ──

/** Messages become visible up to a second late; a run that is woken before them finds nothing. */
const wakeMarginMs = 2_000;

/**
 * The delays, in whole seconds, of the messages that wake runs of the worker: for what is in line now (`visible`), beside those that
 * are at work (`inFlight`), and for what is `delayed`, should it become visible before the schedule looks again. One second apart as
 * far as possible: one run is not to receive what was meant to wake two. A run that finds nothing to do ends at once, and what waits
 * without a run is seen a minute later.
 */
export function wakeDelaysS(
  line: { readonly visible: number; readonly delayed: number; readonly inFlight: number },
  { runs, callsPerRun }: Capacity,
  nowMs: EpochMs,
  phaseMs: number,
): readonly number[] {
  const runsFor = (messages: number) => Math.min(runs, Math.ceil(messages / callsPerRun));
  const togetherMs = nextOnGrid(nowMs, lookMs, phaseMs);
  const isForAll = togetherMs === nextOnGrid(nowMs, longestBunchMs, phaseMs);
  const later = isForAll ? runsFor(line.delayed) : Math.min(1, line.delayed);
  const laterS = Math.ceil((togetherMs + wakeMarginMs - nowMs) / 1000);
  const now = runsFor(line.inFlight + line.visible) - runsFor(line.inFlight);
  return [...apart(now, 0), ...apart(later, laterS)];
}

/** So many times from then on, within a minute. */
function apart(count: number, fromS: number): readonly number[] {
  const gapS = Math.min(1, 59 / count);
  return Array.from({ length: count }, (_, index) => fromS + Math.floor(index * gapS));
}

// ── The record ──

export type ScheduleOutcome =
  /** The index was behind, or somebody else was first. */
  | { readonly kind: 'not-due' }
  /** A refresh has just ended: it is due again later. */
  | { readonly kind: 'recent' }
  | { readonly kind: 'begun' | 'joined'; readonly send?: OutgoingStep };

/** The schedule found a device whose refresh cannot be begun now: it is looked at again in half an hour. */
export function postpone(
  record: DeviceRecord | undefined,
  nowMs: EpochMs,
): Decision<Extract<ScheduleOutcome, { kind: 'not-due' }>> {
  const outcome = { kind: 'not-due' } as const;
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome };
  }
  const next = advance(record, { subscription: { ...subscription, dueAtMs: nowMs + dueAgainMs } });
  return { next, outcome };
}

/**
 * The schedule found a device: begins its refresh, or joins the one that is under way. Either way it is looked at again some time
 * (`lookAgainMs`), whatever becomes of the refresh and its message; the end of the refresh sets the real time. Missed periods run once.
 */
export function startDue(
  record: DeviceRecord | undefined,
  due: Pick<StartRequest, 'nowMs' | 'suffix'> & Bunching,
  policy: Policy,
): Decision<ScheduleOutcome> {
  const { nowMs, suffix } = due;
  const subscription = record?.subscription;
  if (record === undefined || subscription?.dueAtMs === undefined || nowMs < subscription.dueAtMs) {
    return { outcome: { kind: 'not-due' } };
  }
  const notBeforeMs = beginsAtMs(nowMs, subscription.everyMs ?? 0, due);
  const request = { nowMs, suffix, trigger: 'schedule', notBeforeMs } as const;
  const { next, archive, outcome } = startThisPeriod(record, request, policy);
  if (outcome.kind === 'recent') {
    const later = laterOf(record, subscription, nowMs, policy);
    return { next: advance(record, { subscription: later }), outcome: { kind: 'recent' } };
  }
  // Beginning may have ended an abandoned refresh, which counts as a failure.
  const base = next ?? advance(record, {});
  const again = base.subscription ?? subscription;
  const dueAtMs = outcome.kind === 'begun' ? lookAgainMs(again, nowMs) : nowMs + dueAgainMs;
  return {
    next: { ...base, subscription: { ...again, dueAtMs } },
    ...(archive && { archive }),
    outcome: { kind: outcome.kind, ...(outcome.send && { send: outcome.send }) },
  };
}

/** The next period is soon enough to find out that a refresh was lost: then its end, as a rule, need not move the device in the index. */
const longestBlindMs = 3_600_000;

/** When the schedule looks again at a device whose refresh it has begun: at its next period, at the latest in half an hour where that is far. */
function lookAgainMs(subscription: Subscription, nowMs: EpochMs): EpochMs {
  const { dueAtMs } = nextDue(subscription, nowMs);
  return dueAtMs !== undefined && dueAtMs - nowMs <= longestBlindMs ? dueAtMs : nowMs + dueAgainMs;
}

/** The message of a refresh that the schedule began could not be sent: the schedule sends it when the refresh was to begin. */
export function unsent(
  record: DeviceRecord | undefined,
  message: MessageRef,
  nowMs: EpochMs,
): Decision<void> {
  const { next } = notSent(record, message);
  const refresh = next?.refresh;
  if (!next?.subscription || refresh === undefined || !isOpen(refresh)) return { outcome: undefined };
  const dueAtMs = Math.max(nowMs, refresh.notBeforeMs);
  return { next: { ...next, subscription: { ...next.subscription, dueAtMs } }, outcome: undefined };
}

/**
 * What the last period's refresh says is no reason to leave this one out: it only waits until that one is old enough, if
 * that is before the schedule looks again.
 */
function startThisPeriod(
  record: DeviceRecord,
  request: StartRequest & { readonly notBeforeMs: EpochMs },
  policy: Policy,
): Decision<StartOutcome> {
  const started = start(record, request, policy);
  const quietMs = quietAfterSchedule(record, policy);
  if (started.outcome.kind !== 'recent' || quietMs === undefined) return started;
  if (quietMs > Math.max(request.nowMs + lookMs, request.notBeforeMs)) return started;
  return begin(record, { ...request, notBeforeMs: Math.max(request.notBeforeMs, quietMs) }, policy);
}

/** A refresh that somebody else asked for stands for this period's. */
function laterOf(
  record: DeviceRecord,
  subscription: Subscription,
  nowMs: EpochMs,
  policy: Policy,
): Subscription {
  const quietMs = quietAfterSchedule(record, policy);
  return quietMs === undefined ? nextDue(subscription, nowMs) : { ...subscription, dueAtMs: quietMs };
}

/** Until when a refresh that the schedule began says all that another could; undefined when that ended was none. */
function quietAfterSchedule({ refresh }: DeviceRecord, policy: Policy): EpochMs | undefined {
  if (refresh === undefined || isOpen(refresh) || refresh.trigger !== 'schedule') return undefined;
  return quietUntilMs(refresh, policy);
}
