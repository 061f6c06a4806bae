import { headerIdOf } from '../domain/callback.ts';
import type {
  BodyOpener,
  BodyParts,
  CallbackMessage,
  CallbackStore,
  ParseCallback,
  RelayQueue,
  RoomMessage,
} from '../domain/callback-ports.ts';
import type { Receipt } from '../domain/ports.ts';
import type { EpochMs } from '../domain/record.ts';
import type { Watcher } from '../domain/watcher.ts';
import { type ActPorts, actOnCallback } from './act-on-callback.ts';
import { type AskPorts, askRoom } from './ask-room.ts';
import type { Served } from './served.ts';

export interface ProcessPorts extends ActPorts, AskPorts {
  readonly bodies: BodyOpener;
  readonly parts: BodyParts;
  readonly parse: ParseCallback;
  readonly relay: RelayQueue;
  readonly noteReceived: CallbackStore['noteReceived'];
  readonly watcher?: Watcher;
}

/**
 * Serves one message of the callback queue: a callback, which goes on to the relay and does what it means, or a call to
 * GeWe about a room. Throws what the stores and the queues throw, and `Unsealable`: the message comes
 * again.
 */
export async function processCallback(
  message: CallbackMessage | RoomMessage,
  receipt: Receipt,
  ports: ProcessPorts,
  run: { readonly signal: AbortSignal },
): Promise<Served> {
  if (message.kind === 'room') return askRoom(message, receipt, ports, run.signal);
  const { callbackKey, deliveryId, receivedAtMs, contentType, body } = message;
  const sealed = 'sealed' in body ? body.sealed : await ports.parts.read(deliveryId, body.parts);
  // The relay has delivered it, and deleted the parts, while this message came again.
  if (sealed === undefined) return { kind: 'done', what: 'body-gone' };
  const event = ports.parse(await ports.bodies.open(sealed, { callbackKey, deliveryId }));
  const forward = async () => {
    if (!message.forward) return;
    const headerId = headerIdOf(event, callbackKey, deliveryId);
    const delivery = { callbackKey, deliveryId, receivedAtMs, contentType, body };
    await ports.relay.send({ kind: 'relay', ...delivery, headerId }, 0);
  };
  // The relay deletes the parts: if this had to be tried again after that, what the callback means would be lost.
  const relayedFirst = 'sealed' in body;
  if (relayedFirst) await forward();
  await ports.noteReceived(callbackKey, receivedAtMs);
  const tokenKey = Buffer.from(message.tokenKey, 'base64url');
  const effect = await actOnCallback(event, tokenKey, receivedAtMs, ports);
  if (!relayedFirst) await forward();
  if ('parts' in body && !message.forward) await ports.parts.delete(deliveryId, body.parts);
  ports.watcher?.callbackHandled(effect);
  return { kind: 'done', what: effect };
}

/** Most calls of `note` come to nothing, and are spared: once in ten seconds is enough. */
export function seldom(note: CallbackStore['noteReceived']): CallbackStore['noteReceived'] {
  const noted = new Map<string, EpochMs>();
  return async (callbackKey, atMs) => {
    if (atMs < (noted.get(callbackKey) ?? Number.NEGATIVE_INFINITY) + notedAgainMs) return;
    await note(callbackKey, atMs);
    if (noted.size >= maxNoted) noted.clear();
    noted.set(callbackKey, atMs);
  };
}

const notedAgainMs = 10_000;
const maxNoted = 1_000;
