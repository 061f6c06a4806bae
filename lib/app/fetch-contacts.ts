import { total } from '../domain/contacts.ts';
import { failureTraits } from '../domain/errors.ts';
import { tokenKeyOf } from '../domain/keys.ts';
import { pollStretchMs } from '../domain/policy.ts';
import type {
  AcceptedTokens,
  AgainMessage,
  ChangeStore,
  DeviceSecret,
  Eraser,
  Opener,
  Receipt,
  RefreshArchive,
  RefreshMessage,
  SnapshotStore,
  StepMessage,
  Upstream,
  UpstreamAnswer,
} from '../domain/ports.ts';
import type { EndedRefresh, EpochMs } from '../domain/record.ts';
import { claim, settle } from '../domain/refresh.ts';
import type { Claim, ClaimOutcome, Event } from '../domain/refresh-events.ts';
import { takeUp } from '../domain/wanted.ts';
import type { Watcher } from '../domain/watcher.ts';
import { type FollowUpPorts, followUp } from './follow-up.ts';
import { LeaseLost, underLease } from './lease.ts';
import { type Served, secondsUntil } from './served.ts';
import { takeList } from './take-list.ts';
import { transact } from './transact.ts';

export interface FetchPorts extends FollowUpPorts {
  readonly snapshots: SnapshotStore;
  readonly changes: ChangeStore;
  readonly eraser: Eraser;
  readonly opener: Opener;
  readonly upstream: Upstream;
  readonly archive: RefreshArchive;
  readonly tokens: AcceptedTokens;
  /** Names one receive of one worker. */
  readonly newOwner: () => string;
  /** 16 characters of [0-9a-z]. */
  readonly newRefreshSuffix: () => string;
  readonly watcher?: Watcher;
}

/** What a claim gave its holder to do. */
type Work = Extract<ClaimOutcome, { kind: 'work' }>;

/**
 * Serves one message of a refresh: claims its step, makes at most one list call or looks into GeWe's cache for a
 * stretch, stores what came of it, and sends the next step's message where there is one.
 * `budgetMs`: the time this receive may take. Throws what the stores and the queue throw: the message comes again.
 */
export async function fetchContacts(
  message: RefreshMessage,
  receipt: Receipt,
  ports: FetchPorts,
  run: { readonly budgetMs: number; readonly signal: AbortSignal },
): Promise<Served> {
  if (message.kind === 'erase') {
    await ports.eraser.erase(message.deviceKey, message.rev);
    return { kind: 'done', what: 'erased' };
  }
  if (message.kind === 'again') return takeUpAgain(message, receipt, ports);
  const secret = await ports.opener.open(message.sealed, message.deviceKey);
  const owner = ports.newOwner();
  const endsAtMs = ports.clock.now() + run.budgetMs;
  const claimed = await transact(ports, message.deviceKey, (record) =>
    claim(record, message, { owner, nowMs: ports.clock.now() }, ports.policy),
  );
  switch (claimed.kind) {
    case 'drop':
      // It may have ended in a worker that died before it could see to the rest.
      await followUp(message.deviceKey, message.sealed, ports);
      return { kind: 'done', what: 'dropped' };
    case 'hide':
      await receipt.hideFor(secondsUntil(claimed.untilMs, ports.clock.now()));
      return { kind: 'again' };
    case 'resend':
      await sendStep(message, claimed.send.step, claimed.send.delayS, ports);
      return { kind: 'done', what: 'resent' };
    case 'work':
      return workOn(message, receipt, claimed, secret, { ...run, owner, endsAtMs }, ports);
  }
}

/** One more refresh was wanted: its time may have come. */
async function takeUpAgain(message: AgainMessage, receipt: Receipt, ports: FetchPorts): Promise<Served> {
  const { deviceKey } = message;
  const { clock, policy } = ports;
  const suffix = ports.newRefreshSuffix();
  const taken = await transact(ports, deviceKey, (record) =>
    takeUp(record, { nowMs: clock.now(), suffix }, policy),
  );
  if (taken.kind === 'hide') {
    await receipt.hideFor(secondsUntil(taken.untilMs, clock.now()));
    return { kind: 'again' };
  }
  if (taken.kind === 'drop') return { kind: 'done', what: 'dropped' };
  if (taken.kind === 'begun') ports.watcher?.started('begun');
  const { refreshId, step, delayS } = taken.send;
  await ports.queue.send({ ...message, kind: 'step', refreshId, step }, delayS);
  return { kind: 'done', what: taken.kind };
}

async function workOn(
  message: StepMessage,
  receipt: Receipt,
  work: Work,
  secret: DeviceSecret,
  run: { readonly owner: string; readonly endsAtMs: EpochMs; readonly signal: AbortSignal },
  ports: FetchPorts,
): Promise<Served> {
  const { deviceKey, refreshId, step } = message;
  const held: Claim = { refreshId, step, owner: run.owner };
  let event: Event | undefined;
  try {
    event = await underLease({ deviceKey, claim: held, receipt }, ports, run.signal, (signal) => {
      const take = (answer: UpstreamAnswer) => {
        return answer.kind === 'list'
          ? takeList(answer.contacts, { deviceKey, claim: held, work }, ports)
          : Promise.resolve(eventOf(answer, work));
      };
      return work.work === 'list'
        ? listOnce(secret, run.endsAtMs, ports, signal).then(take)
        : pollForAStretch(secret, work, run.endsAtMs, ports, signal, take);
    });
  } catch (error) {
    // Whether another has taken over is not known: the message comes again, and finds out.
    if (error instanceof LeaseLost) return { kind: 'again' };
    throw error;
  }
  if (event === undefined) return { kind: 'done', what: 'overtaken' };
  const settled = await transact(ports, deviceKey, (record) =>
    settle(record, held, event, ports.clock.now(), ports.policy),
  );
  if (settled.kind === 'continued') await sendStep(message, settled.send.step, settled.send.delayS, ports);
  if (settled.kind === 'ended') {
    if (isFirstList(settled.refresh)) await ports.tokens.note(tokenKeyOf(secret.token));
    await followUp(deviceKey, message.sealed, ports);
  }
  const error = 'class' in event ? event.class : undefined;
  if (error === 'upstream-empty') ports.watcher?.refused('empty');
  return { kind: 'done', what: `${event.kind}-${settled.kind}`, ...(error && { error }) };
}

/** Every id is new: GeWe has accepted the token, which may not have been known. */
function isFirstList({ result }: EndedRefresh): boolean {
  return result !== undefined && result.added === total(result.counts);
}

/** Lambda ends the worker at the end of its time: the call has to have been settled by then. */
const settleMs = 15_000;

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
  take: (answer: UpstreamAnswer) => Promise<Event | undefined>,
): Promise<Event | undefined> {
  const untilMs = Math.min(clock.now() + pollStretchMs, call.mayRunUntilMs, endsAtMs - settleMs);
  for (;;) {
    const answer = await upstream.fetchCached(secret, signal);
    const definite = answer.kind === 'failure' && !failureTraits[answer.class].retryable;
    const event = answer.kind === 'list' || definite ? await take(answer) : silence;
    if (event?.kind !== 'silence' || clock.now() + policy.cachePollMs > untilMs) return event;
    await clock.sleep(policy.cachePollMs, signal);
    signal.throwIfAborted();
  }
}

const silence: Event = { kind: 'silence' };

/** What an answer without a list means. */
function eventOf(answer: Exclude<UpstreamAnswer, { kind: 'list' }>, { work }: Work): Event {
  if (answer.kind === 'empty') return { kind: 'refused', work, class: 'upstream-empty' };
  if (answer.mayStillRun) return { kind: 'lost', class: answer.class };
  return { kind: 'refused', work, class: answer.class };
}

async function sendStep(
  { deviceKey, refreshId, sealed }: StepMessage,
  step: number,
  delayS: number,
  ports: FetchPorts,
): Promise<void> {
  await ports.queue.send({ kind: 'step', deviceKey, refreshId, step, sealed }, delayS);
}
