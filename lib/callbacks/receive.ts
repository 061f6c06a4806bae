import type { Clock } from '../device/ports.ts';
import { callbackKeyIn, isIdOf } from './callback-id.ts';
import type {
  BodySealer,
  BodyStore,
  CallbackQueue,
  CallbackStore,
  ForwardQueue,
  SealedBody,
} from './ports.ts';

export interface ReceivePorts {
  readonly callbacks: CallbackStore;
  readonly sealer: BodySealer;
  readonly bodyStore: Pick<BodyStore, 'put'>;
  readonly queue: CallbackQueue;
  readonly forwardQueue: ForwardQueue;
  readonly clock: Clock;
  /** 22 characters of base64url. */
  readonly newDeliveryId: () => string;
}

export interface Incoming {
  /** Of the URL it was posted to. */
  readonly id: string;
  readonly body: Uint8Array;
  /** Empty when there is none. */
  readonly contentType: string;
  /** Another service of this kind has forwarded it to here. */
  readonly wasForwarded: boolean;
}

/**
 * A message has up to 1 MiB (SQS quota); this leaves 124 KiB for the members beside the body, of which only the content type has no
 * fixed length: API Gateway lets all headers together have 10 KiB.
 */
const maxSealedLength = 900 * 1024;

/**
 * Keeps a callback until it is processed and forwarded, whatever it says: when this returns true, it will not be lost. False when
 * the id is unknown. Throws `StoreUnavailable`, `QueueUnavailable`: one of its two messages may have been sent, and when GeWe posts it
 * again, both are.
 */
export async function receiveCallback(incoming: Incoming, ports: ReceivePorts): Promise<boolean> {
  const { id, body, contentType, wasForwarded } = incoming;
  const callbackKey = callbackKeyIn(id);
  const record = callbackKey === undefined ? undefined : await ports.callbacks.load(callbackKey);
  if (callbackKey === undefined || record === undefined || !isIdOf(id, record.idHash)) return false;
  const receivedAtMs = ports.clock.now();
  const deliveryId = ports.newDeliveryId();
  const sealed = await ports.sealer.seal(body, { callbackKey, deliveryId });
  const kept: SealedBody = sealed.length <= maxSealedLength ? { sealed } : { stored: true };
  if ('stored' in kept) await ports.bodyStore.put(deliveryId, sealed);
  const bytes = body.byteLength;
  const received = { callbackKey, deliveryId, receivedAtMs, contentType, bytes, body: kept };
  const tokenKey = Buffer.from(record.tokenKey).toString('base64url');
  const isForwarded = record.forwardTo !== undefined && !wasForwarded;
  await Promise.all([
    ports.queue.send({ kind: 'callback', ...received, tokenKey }, 0),
    isForwarded && ports.forwardQueue.send({ kind: 'forward', ...received }, 0),
  ]);
  return true;
}
