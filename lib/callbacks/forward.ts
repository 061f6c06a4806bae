import type { MessageResult } from '../device/ports.ts';
import { type Clock, type MessageHandle, StoreUnavailable, Unsealable } from '../device/ports.ts';
import type { Telemetry } from '../device/telemetry.ts';
import { bodyKeptMs, isGivenUp, nextWaitS, restAfterMs } from './forward-rules.ts';
import type { PausedTargets } from './paused-targets.ts';
import type {
  BodyOpener,
  BodyParts,
  CallbackStore,
  DeadLetters,
  DeliveryOutcome,
  ForwardMessage,
  WebhookClient,
  WebhookRequest,
} from './ports.ts';

export interface ForwardPorts {
  readonly callbacks: Pick<CallbackStore, 'load'>;
  readonly parts: Pick<BodyParts, 'read' | 'delete'>;
  readonly opener: BodyOpener;
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

/**
 * Forwards one callback to where its token's owner wants it. What fails comes again, later each time, for a day; then
 * it is laid to rest. Throws what the stores and the queues throw: the message comes again.
 */
export async function forwardCallback(
  message: ForwardMessage,
  handle: MessageHandle,
  ports: ForwardPorts,
  signal: AbortSignal,
): Promise<MessageResult> {
  const { callbackKey } = message;
  const takenUpAtAgeMs = ageOf(message, ports);
  if (ports.paused.leftMs(callbackKey, ports.clock.now()) > 0) {
    return laterOrNever(message, takenUpAtAgeMs, handle, ports, 'paused');
  }
  const callback = await ports.callbacks.load(callbackKey);
  if (callback?.forwardTo === undefined) {
    await deleteParts(message, ports);
    return { kind: 'ack', what: 'dropped' };
  }
  const sealed = await readSealedBody(message, ports);
  // It came twice: `process-callback` may have been interrupted, and SQS promises no more.
  if (sealed === undefined && ageOf(message, ports) < bodyKeptMs) return { kind: 'ack', what: 'repeated' };
  const body = sealed === undefined ? undefined : await openedOf(sealed, message, ports);
  if (body === undefined) return giveUp(message, ports);
  const ownHosts = [...callback.ownHosts, ...ports.ownHosts];
  const outcome = await attempt(message, { target: callback.forwardTo, ownHosts, body }, ports, signal);
  if (outcome.kind !== 'delivered') return laterOrNever(message, takenUpAtAgeMs, handle, ports, outcome);
  await deleteParts(message, ports).catch(unlessUnavailable);
  ports.telemetry?.forwardAttempted('delivered');
  return { kind: 'ack', what: 'delivered' };
}

/** Undefined when a part is gone. */
async function readSealedBody(
  { body, deliveryId }: ForwardMessage,
  { parts }: ForwardPorts,
): Promise<string | undefined> {
  return 'parts' in body ? parts.read(deliveryId, body.parts) : body.sealed;
}

/** Undefined when it can never be opened again: the key that it was sealed for is gone. */
async function openedOf(
  sealed: string,
  { callbackKey, deliveryId }: ForwardMessage,
  { opener }: ForwardPorts,
): Promise<Uint8Array | undefined> {
  try {
    return await opener.open(sealed, { callbackKey, deliveryId });
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
  { webhook, clock, paused }: ForwardPorts,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { callbackKey, headerId, receivedAtMs, contentType } = message;
  const startedAtMs = clock.now();
  const outcome = await webhook.deliver({ ...to, headerId, receivedAtMs, contentType }, signal);
  if ('lost' in outcome) {
    const nowMs = clock.now();
    paused.rest(callbackKey, nowMs + restAfterMs(nowMs - startedAtMs));
  } else {
    paused.wake(callbackKey);
  }
  return outcome;
}

type Failure = Exclude<DeliveryOutcome, { kind: 'delivered' }>;

/** Hides the message as its age asks, and until its target has rested; one that is too old is given up. */
async function laterOrNever(
  message: ForwardMessage,
  takenUpAtAgeMs: number,
  handle: MessageHandle,
  ports: ForwardPorts,
  why: Failure | 'paused',
): Promise<MessageResult> {
  if (isGivenUp(takenUpAtAgeMs)) return giveUp(message, ports);
  if (why !== 'paused') ports.telemetry?.forwardAttempted(why.kind);
  const restsS = Math.ceil(ports.paused.leftMs(message.callbackKey, ports.clock.now()) / 1000);
  await handle.extendVisibility(Math.max(restsS, nextWaitS(ageOf(message, ports), ports.random())));
  return { kind: 'retryLater', what: why === 'paused' ? why : wordOf(why) };
}

/** For the log: `failed-503`, `failed-timeout`. */
function wordOf(failure: Failure): string {
  if (failure.kind === 'blocked') return failure.kind;
  return `${failure.kind}-${'lost' in failure ? failure.lost : failure.status}`;
}

/** The parts of its body stay, for as long as they are kept: whoever puts the message back finds them. */
async function giveUp(
  message: ForwardMessage,
  { deadLetters, telemetry }: ForwardPorts,
): Promise<MessageResult> {
  await deadLetters.send(message);
  telemetry?.forwardAttempted('given-up');
  return { kind: 'ack', what: 'given-up' };
}

async function deleteParts({ deliveryId, body }: ForwardMessage, { parts }: ForwardPorts): Promise<void> {
  if ('parts' in body) await parts.delete(deliveryId, body.parts);
}

/** The parts expire by themselves; the message must not come again for their sake. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error;
}
