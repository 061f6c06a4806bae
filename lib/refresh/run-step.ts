import { total } from '../device/contacts.ts';
import { failureTraits } from '../device/failures.ts';
import { tokenKeyOf } from '../device/keys.ts';
import { pollStretchMs } from '../device/policy.ts';
import type {
  DeviceSecret,
  MessageHandle,
  Ports,
  RefreshMessage,
  RefreshQueue,
  RerunMessage,
  StepMessage,
  UpstreamAnswer,
} from '../device/ports.ts';
import { type MessageResult, secondsUntil } from '../device/ports.ts';
import type { DeviceRecord, EndedRefresh, EpochMs } from '../device/record.ts';
import { updateRecord } from '../device/update-record.ts';
import { LeaseLost, underLease } from './lease.ts';
import { sendStep } from './messages.ts';
import { type FinishPorts, finishRefresh } from './publish.ts';
import type { Claim, ClaimOutcome, WorkOutcome } from './refresh-rules.ts';
import { claim, settle } from './refresh-rules.ts';
import { startRerun } from './rerun-rules.ts';
import { takeList } from './store-list.ts';

export type FetchPorts = FinishPorts &
  Pick<
    Ports,
    | 'scheduleQueue'
    | 'snapshots'
    | 'changes'
    | 'eraser'
    | 'opener'
    | 'upstream'
    | 'archive'
    | 'tokens'
    | 'newOwner'
    | 'newRefreshSuffix'
    | 'telemetry'
  >;

/** What handling one message may take: its time, and whether the run has room for the schedule's messages. */
export interface StepRun {
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  readonly isFull: boolean;
  /** How often the message was received, this time included. */
  readonly receives: number;
}

/** Then no run that may still begin seems to be left; the schedule wakes others in the next minute. */
const mostWakeReceives = 5;

/** What a claim gave its holder to do. */
type Work = Extract<ClaimOutcome, { kind: 'work' }>;

/**
 * Handles one message of a refresh: claims its step, makes at most one list call or looks into GeWe's cache for a
 * stretch, stores what came of it, and sends the next step's message where there is one.
 * `budgetMs`: the time this receive may take. Throws what the stores and the queue throw: the message will be
 * received again.
 */
export async function fetchContacts(
  message: RefreshMessage,
  handle: MessageHandle,
  ports: FetchPorts,
  run: StepRun,
): Promise<MessageResult> {
  if (message.kind === 'wake') {
    // The run looks at the schedule's queue as long as it has room; where it has none, another one may take this.
    if (!run.isFull || run.receives >= mostWakeReceives) return { kind: 'ack', what: 'woken' };
    await handle.extendVisibility(1);
    return { kind: 'retryLater', what: 'full' };
  }
  if (message.kind === 'erase') {
    await ports.eraser.erase(message.deviceKey, message.rev);
    return { kind: 'ack', what: 'erased' };
  }
  if (message.kind === 'rerun') return startPendingRerun(message, handle, ports);
  const secret = await ports.opener.open(message.sealed, message.deviceKey);
  const owner = ports.newOwner();
  const endsAtMs = ports.clock.now() + run.budgetMs;
  const { record, outcome } = await updateRecord(ports, message.deviceKey, (now) =>
    claim(now, message, { owner, nowMs: ports.clock.now() }, ports.policy),
  );
  switch (outcome.kind) {
    case 'drop':
      // It may have ended in a worker that crashed before it could finish it.
      await finishRefresh(message.deviceKey, record, message.sealed, ports);
      return { kind: 'ack', what: 'dropped' };
    case 'wait':
      await handle.extendVisibility(secondsUntil(outcome.untilMs, ports.clock.now()));
      return { kind: 'retryLater' };
    case 'resend':
      await sendStep(queueFor(record, ports), message.deviceKey, message.sealed, outcome.send);
      return { kind: 'ack', what: 'resent' };
    case 'work':
      return workOn(message, handle, outcome, secret, { ...run, owner, endsAtMs }, ports);
  }
}

/** A rerun is pending: its time may have come. */
async function startPendingRerun(
  message: RerunMessage,
  handle: MessageHandle,
  ports: FetchPorts,
): Promise<MessageResult> {
  const { deviceKey } = message;
  const { clock, policy } = ports;
  const suffix = ports.newRefreshSuffix();
  const { outcome } = await updateRecord(ports, deviceKey, (record) =>
    startRerun(record, { nowMs: clock.now(), suffix }, policy),
  );
  if (outcome.kind === 'wait') {
    await handle.extendVisibility(secondsUntil(outcome.untilMs, clock.now()));
    return { kind: 'retryLater' };
  }
  if (outcome.kind === 'drop') return { kind: 'ack', what: 'dropped' };
  if (outcome.kind === 'begun') ports.telemetry?.started('begun');
  await sendStep(ports.queue, deviceKey, message.sealed, outcome.send);
  return { kind: 'ack', what: outcome.kind };
}

async function workOn(
  message: StepMessage,
  handle: MessageHandle,
  work: Work,
  secret: DeviceSecret,
  run: { readonly owner: string; readonly endsAtMs: EpochMs; readonly signal: AbortSignal },
  ports: FetchPorts,
): Promise<MessageResult> {
  const { deviceKey, refreshId, step } = message;
  const held: Claim = { refreshId, step, owner: run.owner };
  let came: { readonly result: WorkOutcome | undefined; readonly record: DeviceRecord | undefined };
  try {
    const lease = { deviceKey, claim: held, record: work.record, handle };
    came = await underLease(lease, ports, run.signal, (signal) => {
      const take = async (answer: UpstreamAnswer) => {
        if (answer.kind !== 'list') return eventOf(answer, work);
        return takeList(answer.contacts, { deviceKey, work }, ports).finally(() => answer.release?.());
      };
      return work.work === 'list'
        ? listOnce(secret, run.endsAtMs, ports, signal).then(take)
        : pollForAStretch(secret, work, run.endsAtMs, ports, signal, take);
    });
  } catch (error) {
    // Whether another worker has taken over is not known: the message will be received again, and finds out.
    if (error instanceof LeaseLost) return { kind: 'retryLater' };
    throw error;
  }
  const event = came.result;
  // A worker that took over may have crashed since: the message will be received again, and finds out.
  if (event === undefined) return { kind: 'retryLater', what: 'overtaken' };
  const { record, outcome: settled } = await updateRecord(
    ports,
    deviceKey,
    (now) => settle(now, held, event, ports.clock.now(), ports.policy),
    came.record,
  );
  if (settled.kind === 'stale') return { kind: 'retryLater', what: 'overtaken' };
  if (settled.kind === 'continued') {
    await sendStep(queueFor(record, ports), deviceKey, message.sealed, settled.send);
  }
  if (settled.kind === 'ended') {
    if (isFirstList(settled.refresh)) await ports.tokens.note(tokenKeyOf(secret.token));
    await finishRefresh(deviceKey, record, message.sealed, ports);
  }
  const error = 'class' in event ? event.class : undefined;
  if (error === 'upstream-empty') ports.telemetry?.listRejected('empty');
  return { kind: 'ack', what: `${event.kind}-${settled.kind}`, ...(error && { error }) };
}

/** What the schedule began waits in the schedule's own queue, and delays nobody who waits for a list. */
function queueFor(record: DeviceRecord | undefined, ports: FetchPorts): RefreshQueue {
  return record?.refresh?.trigger === 'schedule' ? ports.scheduleQueue : ports.queue;
}

/** Every id is new: GeWe has accepted the token, which may not have been known. */
function isFirstList({ result }: EndedRefresh): boolean {
  return result !== undefined && result.added === total(result.counts);
}

/** Lambda ends the worker at the end of its time: the call has to have been settled by then. */
export const settleMs = 15_000;

function listOnce(
  secret: DeviceSecret,
  endsAtMs: EpochMs,
  ports: FetchPorts,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const leftMs = endsAtMs - settleMs - ports.clock.now();
  return ports.upstream.fetchList(secret, Math.max(1, Math.min(ports.policy.listTimeoutMs, leftMs)), signal);
}

async function pollForAStretch(
  secret: DeviceSecret,
  { call }: Work,
  endsAtMs: EpochMs,
  { upstream, clock, policy }: FetchPorts,
  signal: AbortSignal,
  take: (answer: UpstreamAnswer) => Promise<WorkOutcome | undefined>,
): Promise<WorkOutcome | undefined> {
  const untilMs = Math.min(clock.now() + pollStretchMs, call.mayRunUntilMs, endsAtMs - settleMs);
  for (;;) {
    const answer = await upstream.fetchCached(secret, signal);
    const definite = answer.kind === 'failure' && !failureTraits[answer.class].retryable;
    const event = answer.kind === 'list' || definite ? await take(answer) : nothingNew;
    if (event?.kind !== 'nothing-new' || clock.now() + policy.cachePollMs > untilMs) return event;
    await clock.sleep(policy.cachePollMs, signal);
    signal.throwIfAborted();
  }
}

const nothingNew: WorkOutcome = { kind: 'nothing-new' };

/** What an answer without a list means. */
function eventOf(answer: Exclude<UpstreamAnswer, { kind: 'list' }>, { work }: Work): WorkOutcome {
  if (answer.kind === 'empty') return { kind: 'failed', work, class: 'upstream-empty' };
  if (answer.mayStillRun) return { kind: 'lost', class: answer.class };
  return { kind: 'failed', work, class: answer.class };
}
