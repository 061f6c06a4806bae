import type { BodyOpener, BodyParts, CallbackStore, RelayMessage } from '../domain/callback-ports.ts';
import { type Clock, type Receipt, StoreUnavailable, Unsealable } from '../domain/ports.ts';
import { bodyKeptMs, isGivenUp, nextWaitS, restAfterMs } from '../domain/relay.ts';
import type { Courier, DeadLetters, Delivery, DeliveryOutcome } from '../domain/relay-ports.ts';
import type { Watcher } from '../domain/watcher.ts';
import type { RestingTargets } from './resting-targets.ts';
import type { Served } from './served.ts';

export interface RelayPorts {
  readonly callbacks: Pick<CallbackStore, 'load'>;
  readonly parts: Pick<BodyParts, 'read' | 'delete'>;
  readonly opener: BodyOpener;
  readonly courier: Courier;
  readonly deadLetters: DeadLetters;
  readonly resting: RestingTargets;
  /** Hosts of this service, besides those that the callback's record knows. */
  readonly ownHosts: readonly string[];
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly watcher?: Pick<Watcher, 'relayed'>;
}

/**
 * Forwards one callback to where its token's owner wants it. What fails comes again, later each time, for a day; then
 * it is laid to rest. Throws what the stores and the queues throw: the message comes again.
 */
export async function relayCallback(
  message: RelayMessage,
  receipt: Receipt,
  ports: RelayPorts,
  signal: AbortSignal,
): Promise<Served> {
  const { callbackKey } = message;
  const takenUpAtAgeMs = ageOf(message, ports);
  if (ports.resting.leftMs(callbackKey, ports.clock.now()) > 0) {
    return laterOrNever(message, takenUpAtAgeMs, receipt, ports, 'resting');
  }
  const callback = await ports.callbacks.load(callbackKey);
  if (callback?.forwardTo === undefined) {
    await deleteParts(message, ports);
    return { kind: 'done', what: 'dropped' };
  }
  const sealed = await sealedOf(message, ports);
  // It came twice: `process-callback` may have been interrupted, and SQS promises no more.
  if (sealed === undefined && ageOf(message, ports) < bodyKeptMs) return { kind: 'done', what: 'repeated' };
  const body = sealed === undefined ? undefined : await openedOf(sealed, message, ports);
  if (body === undefined) return giveUp(message, ports);
  const ownHosts = [...callback.ownHosts, ...ports.ownHosts];
  const outcome = await attempt(message, { target: callback.forwardTo, ownHosts, body }, ports, signal);
  if (outcome.kind !== 'delivered') return laterOrNever(message, takenUpAtAgeMs, receipt, ports, outcome);
  await deleteParts(message, ports).catch(unlessUnavailable);
  ports.watcher?.relayed('delivered');
  return { kind: 'done', what: 'delivered' };
}

/** Undefined when a part is gone. */
async function sealedOf(
  { body, deliveryId }: RelayMessage,
  { parts }: RelayPorts,
): Promise<string | undefined> {
  return 'parts' in body ? parts.read(deliveryId, body.parts) : body.sealed;
}

/** Undefined when it can never be opened again: the key that it was sealed for is gone. */
async function openedOf(
  sealed: string,
  { callbackKey, deliveryId }: RelayMessage,
  { opener }: RelayPorts,
): Promise<Uint8Array | undefined> {
  try {
    return await opener.open(sealed, { callbackKey, deliveryId });
  } catch (error) {
    if (error instanceof Unsealable) return undefined;
    throw error;
  }
}

function ageOf({ receivedAtMs }: RelayMessage, { clock }: RelayPorts): number {
  return clock.now() - receivedAtMs;
}

async function attempt(
  message: RelayMessage,
  to: Pick<Delivery, 'target' | 'ownHosts' | 'body'>,
  { courier, clock, resting }: RelayPorts,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { callbackKey, headerId, receivedAtMs, contentType } = message;
  const startedAtMs = clock.now();
  const outcome = await courier.deliver({ ...to, headerId, receivedAtMs, contentType }, signal);
  if ('lost' in outcome) {
    const nowMs = clock.now();
    resting.rest(callbackKey, nowMs + restAfterMs(nowMs - startedAtMs));
  } else {
    resting.wake(callbackKey);
  }
  return outcome;
}

type Failure = Exclude<DeliveryOutcome, { kind: 'delivered' }>;

/** Hides the message as its age asks, and until its target has rested; one that is too old is given up. */
async function laterOrNever(
  message: RelayMessage,
  takenUpAtAgeMs: number,
  receipt: Receipt,
  ports: RelayPorts,
  why: Failure | 'resting',
): Promise<Served> {
  if (isGivenUp(takenUpAtAgeMs)) return giveUp(message, ports);
  if (why !== 'resting') ports.watcher?.relayed(why.kind);
  const restsS = Math.ceil(ports.resting.leftMs(message.callbackKey, ports.clock.now()) / 1000);
  await receipt.hideFor(Math.max(restsS, nextWaitS(ageOf(message, ports), ports.random())));
  return { kind: 'again', what: why === 'resting' ? why : wordOf(why) };
}

/** For the log: `failed-503`, `failed-timeout`. */
function wordOf(failure: Failure): string {
  if (failure.kind === 'refused') return failure.kind;
  return `${failure.kind}-${'lost' in failure ? failure.lost : failure.status}`;
}

/** The parts of its body stay, for as long as they are kept: whoever puts the message back finds them. */
async function giveUp(message: RelayMessage, { deadLetters, watcher }: RelayPorts): Promise<Served> {
  await deadLetters.send(message);
  watcher?.relayed('given-up');
  return { kind: 'done', what: 'given-up' };
}

async function deleteParts({ deliveryId, body }: RelayMessage, { parts }: RelayPorts): Promise<void> {
  if ('parts' in body) await parts.delete(deliveryId, body.parts);
}

/** The parts expire by themselves; the message must not come again for their sake. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error;
}
