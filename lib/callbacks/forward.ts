import { BoundedMap } from '../device/bounded-map.ts';
import type { MessageResult } from '../device/ports.ts';
import { type Clock, type MessageHandle, Unsealable } from '../device/ports.ts';
import type { EpochMs } from '../device/record.ts';
import type { Telemetry } from '../device/telemetry.ts';
import { headerIdOf } from './event.ts';
import { isGivenUp, nextWaitS, pauseAfterMs } from './forward-rules.ts';
import type {
  BodyOpener,
  BodyStore,
  CallbackStore,
  DeadLetters,
  DeliveryOutcome,
  ForwardMessage,
  ParseCallback,
  WebhookClient,
  WebhookRequest,
} from './ports.ts';

export interface ForwardPorts {
  readonly callbacks: Pick<CallbackStore, 'load'>;
  readonly bodyStore: Pick<BodyStore, 'get'>;
  readonly opener: BodyOpener;
  readonly parse: ParseCallback;
  readonly webhook: WebhookClient;
  readonly deadLetters: DeadLetters;
  readonly paused: PausedTargets;
  /** Hosts of this service, besides those that the callback's record knows. */
  readonly ownHosts: readonly string[];
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly telemetry?: Pick<Telemetry, 'forwardAttempted'>;
}

/** Until when the callbacks of a key are not tried, because their target did not answer: as far as this process knows. */
export type PausedTargets = BoundedMap<EpochMs>;

/** So many are remembered: to forget one costs an attempt. */
export function createPausedTargets(): PausedTargets {
  return new BoundedMap(1_000);
}

function pausedMs(callbackKey: string, { paused, clock }: ForwardPorts): number {
  return Math.max(0, (paused.get(callbackKey) ?? 0) - clock.now());
}

/**
 * Forwards one callback to the target of its token's owner. What fails is retried, later each time, for a day; then it goes to
 * the dead-letter queue. Throws what the stores and the queues throw: the message will be received again.
 */
export async function forwardCallback(
  message: ForwardMessage,
  handle: MessageHandle,
  ports: ForwardPorts,
  signal: AbortSignal,
): Promise<MessageResult> {
  const { callbackKey } = message;
  const ageAtStartMs = ageOf(message, ports);
  if (pausedMs(callbackKey, ports) > 0) {
    return retryOrGiveUp(message, ageAtStartMs, handle, ports, 'paused');
  }
  const callback = await ports.callbacks.load(callbackKey);
  if (callback?.forwardTo === undefined) return { kind: 'ack', what: 'dropped' };
  const body = await openedOf(message, ports);
  if (body === undefined) return giveUp(message, ports);
  const ownHosts = [...callback.ownHosts, ...ports.ownHosts];
  const outcome = await attempt(message, { target: callback.forwardTo, ownHosts, body }, ports, signal);
  if (outcome.kind !== 'delivered') return retryOrGiveUp(message, ageAtStartMs, handle, ports, outcome);
  ports.telemetry?.forwardAttempted('delivered');
  return { kind: 'ack', what: 'delivered' };
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

function ageOf({ receivedAtMs }: ForwardMessage, { clock }: ForwardPorts): number {
  return clock.now() - receivedAtMs;
}

async function attempt(
  message: ForwardMessage,
  to: Pick<WebhookRequest, 'target' | 'ownHosts' | 'body'>,
  { webhook, parse, clock, paused }: ForwardPorts,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { callbackKey, deliveryId, receivedAtMs, contentType } = message;
  const headerId = headerIdOf(parse(to.body), callbackKey, deliveryId);
  const startedAtMs = clock.now();
  const outcome = await webhook.deliver({ ...to, headerId, receivedAtMs, contentType }, signal);
  if ('lost' in outcome) {
    const nowMs = clock.now();
    paused.set(callbackKey, nowMs + pauseAfterMs(nowMs - startedAtMs));
  } else {
    paused.delete(callbackKey);
  }
  return outcome;
}

type Failure = Exclude<DeliveryOutcome, { kind: 'delivered' }>;

/** Retries the message later the older it is, and not while its target is paused; one that is too old is given up. */
async function retryOrGiveUp(
  message: ForwardMessage,
  ageAtStartMs: number,
  handle: MessageHandle,
  ports: ForwardPorts,
  why: Failure | 'paused',
): Promise<MessageResult> {
  if (isGivenUp(ageAtStartMs)) return giveUp(message, ports);
  if (why !== 'paused') ports.telemetry?.forwardAttempted(why.kind);
  const pausedS = Math.ceil(pausedMs(message.callbackKey, ports) / 1000);
  await handle.extendVisibility(Math.max(pausedS, nextWaitS(ageOf(message, ports), ports.random())));
  return { kind: 'retryLater', what: why === 'paused' ? why : wordOf(why) };
}

/** For the log: `failed-503`, `failed-timeout`. */
function wordOf(failure: Failure): string {
  if (failure.kind === 'blocked') return failure.kind;
  return `${failure.kind}-${'lost' in failure ? failure.lost : failure.status}`;
}

async function giveUp(
  message: ForwardMessage,
  { deadLetters, telemetry }: ForwardPorts,
): Promise<MessageResult> {
  await deadLetters.send(message);
  telemetry?.forwardAttempted('given-up');
  return { kind: 'ack', what: 'given-up' };
}
