import { delayUntilS } from '../device/policy.ts';
import type { MessageResult } from '../device/ports.ts';
import { type Clock, Unsealable } from '../device/ports.ts';
import type { EpochMs } from '../device/record.ts';
import type { Telemetry } from '../device/telemetry.ts';
import { headerIdOf } from './event.ts';
import { isGivenUp, nextWaitS, shortestWaitMs } from './forward-rules.ts';
import type {
  BodyOpener,
  BodyStore,
  CallbackStore,
  DeadLetters,
  DeliveryOutcome,
  ForwardMessage,
  ForwardQueue,
  ParseCallback,
  WebhookClient,
  WebhookRequest,
} from './ports.ts';
import type { Targets } from './targets.ts';
import type { WaitingCallbacks } from './waiting.ts';

export interface ForwardPorts {
  readonly callbacks: Pick<CallbackStore, 'load'>;
  readonly bodyStore: Pick<BodyStore, 'get'>;
  readonly opener: BodyOpener;
  readonly parse: ParseCallback;
  readonly webhook: WebhookClient;
  readonly queue: ForwardQueue;
  readonly deadLetters: DeadLetters;
  readonly targets: Targets;
  readonly waiting: WaitingCallbacks;
  /** Hosts of this service, besides those that the callback's record knows. */
  readonly ownHosts: readonly string[];
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly telemetry?: Pick<Telemetry, 'forwardAttempted'>;
}

/**
 * Forwards one callback to the target of its token's owner. What cannot be delivered now is sent again with a delay: a message that
 * waits is in the queue, and not in flight, of which SQS allows a queue 120,000. It is sent before the received one is deleted: a crash in
 * between leaves two, which the target can tell by their header. What fails is retried, later each time, for a day; then it goes to the
 * dead-letter queue, and so do the oldest when too many wait. Throws what the stores and the queues throw: the message will be received
 * again. `budgetMs`: what a delivery may take; then `signal` aborts.
 */
export async function forwardCallback(
  message: ForwardMessage,
  ports: ForwardPorts,
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal: AbortSignal },
): Promise<MessageResult> {
  const { callbackKey, bytes, dueAtMs } = message;
  const nowMs = ports.clock.now();
  if (dueAtMs !== undefined && dueAtMs > nowMs) return sendAgain({ ...message, dueAtMs }, 'waits', ports);
  const rest = ports.targets.restOf(callbackKey, nowMs, budgetMs);
  if (rest === 'paused') return postpone(message, nowMs + nextWaitMs(message, ports), rest, ports);
  if (rest !== undefined) return postpone(message, nowMs + shortestWaitMs, rest, ports);
  const giveBack = ports.targets.take(callbackKey, bytes);
  if (giveBack === undefined) return postpone(message, nowMs, 'busy', ports);
  try {
    return await deliver(message, ports, signal);
  } finally {
    giveBack();
  }
}

async function deliver(
  message: ForwardMessage,
  ports: ForwardPorts,
  signal: AbortSignal,
): Promise<MessageResult> {
  const ageAtStartMs = ageOf(message, ports);
  const callback = await ports.callbacks.load(message.callbackKey);
  if (callback?.forwardTo === undefined) return end(message, 'dropped', ports);
  const body = await openedOf(message, ports);
  if (body === undefined) return layToRest(message, 'given-up', ports);
  const ownHosts = [...callback.ownHosts, ...ports.ownHosts];
  const outcome = await attempt(message, { target: callback.forwardTo, ownHosts, body }, ports, signal);
  if (outcome === 'interrupted') return postpone(message, ports.clock.now(), outcome, ports);
  if (outcome.kind === 'delivered') {
    ports.telemetry?.forwardAttempted('delivered');
    return end(message, 'delivered', ports);
  }
  if (isGivenUp(ageAtStartMs)) return layToRest(message, 'given-up', ports);
  ports.telemetry?.forwardAttempted(outcome.kind);
  const tried = { ...message, attempt: (message.attempt ?? 1) + 1 };
  return wait(tried, ports.clock.now() + nextWaitMs(message, ports), wordOf(outcome), ports);
}

/** Undefined when it can never be opened again: it has expired, or the key that it was sealed for is gone. */
async function openedOf(
  { callbackKey, deliveryId, body }: ForwardMessage,
  { opener, bodyStore }: ForwardPorts,
): Promise<Uint8Array | undefined> {
  const sealed = 'sealed' in body ? body.sealed : await bodyStore.get(deliveryId);
  try {
    return sealed === undefined ? undefined : await opener.open(sealed, { callbackKey, deliveryId });
  } catch (error) {
    if (error instanceof Unsealable) return undefined;
    throw error;
  }
}

/** `interrupted`: the run's time was up, which says nothing about the target. */
async function attempt(
  message: ForwardMessage,
  to: Pick<WebhookRequest, 'target' | 'ownHosts' | 'body'>,
  { webhook, parse, clock, targets }: ForwardPorts,
  signal: AbortSignal,
): Promise<DeliveryOutcome | 'interrupted'> {
  const { callbackKey, deliveryId, receivedAtMs, contentType } = message;
  const headerId = headerIdOf(parse(to.body), callbackKey, deliveryId);
  const startedAtMs = clock.now();
  const outcome = await webhook.deliver({ ...to, headerId, receivedAtMs, contentType }, signal);
  if ('lost' in outcome && signal.aborted) return 'interrupted';
  const nowMs = clock.now();
  targets.note(callbackKey, outcome, nowMs - startedAtMs, nowMs);
  return outcome;
}

function ageOf({ receivedAtMs }: ForwardMessage, { clock }: ForwardPorts): number {
  return clock.now() - receivedAtMs;
}

function nextWaitMs(message: ForwardMessage, ports: ForwardPorts): number {
  return nextWaitS(ageOf(message, ports), ports.random()) * 1000;
}

/** For the log: `failed-503`, `failed-timeout`. */
function wordOf(failure: Exclude<DeliveryOutcome, { kind: 'delivered' }>): string {
  if (failure.kind === 'blocked') return failure.kind;
  return `${failure.kind}-${'lost' in failure ? failure.lost : failure.status}`;
}

/** Not tried this time. That ends, too: what was not tried for a day is given up. */
async function postpone(
  message: ForwardMessage,
  notBeforeMs: EpochMs,
  why: 'paused' | 'on-trial' | 'late' | 'busy' | 'interrupted',
  ports: ForwardPorts,
): Promise<MessageResult> {
  const nowMs = ports.clock.now();
  if (isGivenUp(nowMs - (message.waitsSinceMs ?? nowMs))) return layToRest(message, 'given-up', ports);
  return wait(message, notBeforeMs, why, ports);
}

/** Waits until then, and for its turn among what waits for the same target. */
async function wait(
  message: ForwardMessage,
  notBeforeMs: EpochMs,
  why: string,
  ports: ForwardPorts,
): Promise<MessageResult> {
  const { callbackKey, waitsSinceMs } = message;
  const nowMs = ports.clock.now();
  const dueAtMs = Math.max(notBeforeMs, ports.targets.nextTurn(callbackKey, nowMs));
  if (waitsSinceMs !== undefined) return sendAgain({ ...message, dueAtMs }, why, ports);
  await ports.waiting.began(callbackKey, nowMs);
  return send({ ...message, waitsSinceMs: nowMs, dueAtMs }, why, ports);
}

type Waiting = ForwardMessage & { readonly dueAtMs: EpochMs };

/** The message goes on waiting, unless too many that began later do. */
async function sendAgain(message: Waiting, why: string, ports: ForwardPorts): Promise<MessageResult> {
  const { callbackKey, waitsSinceMs } = message;
  const isCrowdedOut =
    waitsSinceMs !== undefined && (await ports.waiting.isCrowdedOut(callbackKey, waitsSinceMs));
  return isCrowdedOut ? layToRest(message, 'crowded-out', ports) : send(message, why, ports);
}

async function send(message: Waiting, what: string, { queue, clock }: ForwardPorts): Promise<MessageResult> {
  await queue.send(message, delayUntilS(message.dueAtMs, clock.now()));
  return { kind: 'ack', what };
}

/** It goes to the dead-letter queue as it was received: whoever puts it back lets it begin anew. */
async function layToRest(
  message: ForwardMessage,
  why: 'given-up' | 'crowded-out',
  ports: ForwardPorts,
): Promise<MessageResult> {
  const { attempt: _attempt, waitsSinceMs: _since, dueAtMs: _due, ...received } = message;
  await ports.deadLetters.send(received);
  ports.telemetry?.forwardAttempted(why);
  return end(message, why, ports);
}

async function end(
  { callbackKey, waitsSinceMs }: ForwardMessage,
  what: string,
  { waiting }: ForwardPorts,
): Promise<MessageResult> {
  if (waitsSinceMs !== undefined) await waiting.ended(callbackKey, waitsSinceMs);
  return { kind: 'ack', what };
}
