import { type FetchInfoPorts, fetchRoomInfo } from '../chatrooms/fetch-info.ts';
import type { RoomMessage } from '../chatrooms/ports.ts';
import { BoundedMap } from '../device/bounded-map.ts';
import type { MessageHandle, MessageResult } from '../device/ports.ts';
import type { EpochMs } from '../device/record.ts';
import type { Telemetry } from '../device/telemetry.ts';
import { type ApplyPorts, applyCallback } from './apply.ts';
import type { CallbackEvent } from './event.ts';
import { largeBytes } from './forward-rules.ts';
import type { BodyOpener, BodyStore, CallbackMessage, CallbackStore, ParseCallback } from './ports.ts';

export interface ProcessPorts extends ApplyPorts, FetchInfoPorts {
  readonly bodies: BodyOpener;
  readonly bodyStore: Pick<BodyStore, 'get'>;
  readonly parse: ParseCallback;
  /** Few of them are open at a time: `enter` gives what to call when one is done with. */
  readonly largeBodies: { enter(signal: AbortSignal): Promise<() => void> };
  readonly noteReceived: CallbackStore['noteReceived'];
  readonly telemetry?: Telemetry;
}

/**
 * Handles one message of the callback queue: a callback, which is applied, or a call to GeWe about a room. Throws what the stores
 * and the queues throw, and `Unsealable`: the message will be received again.
 */
export async function processCallback(
  message: CallbackMessage | RoomMessage,
  handle: MessageHandle,
  ports: ProcessPorts,
  run: { readonly signal: AbortSignal },
): Promise<MessageResult> {
  if (message.kind === 'room') return fetchRoomInfo(message, handle, ports, run.signal);
  const { callbackKey, receivedAtMs } = message;
  const event = await readEvent(message, ports, run.signal);
  // Its body has expired: it was put back too late.
  if (event === undefined) return { kind: 'ack', what: 'body-gone' };
  await ports.noteReceived(callbackKey, receivedAtMs);
  const tokenKey = Buffer.from(message.tokenKey, 'base64url');
  const effect = await applyCallback(event, tokenKey, receivedAtMs, ports);
  ports.telemetry?.callbackHandled(effect);
  return { kind: 'ack', what: effect };
}

async function readEvent(
  { callbackKey, deliveryId, bytes, body }: CallbackMessage,
  { bodyStore, bodies, parse, largeBodies }: ProcessPorts,
  signal: AbortSignal,
): Promise<CallbackEvent | undefined> {
  const leave = bytes > largeBytes ? await largeBodies.enter(signal) : undefined;
  try {
    const sealed = 'sealed' in body ? body.sealed : await bodyStore.get(deliveryId);
    return sealed === undefined ? undefined : parse(await bodies.open(sealed, { callbackKey, deliveryId }));
  } finally {
    leave?.();
  }
}

/** Most calls of `note` come to nothing, and are spared: once in ten seconds is enough. */
export function seldom(note: CallbackStore['noteReceived']): CallbackStore['noteReceived'] {
  const noted = new BoundedMap<EpochMs>(maxNoted);
  return async (callbackKey, atMs) => {
    if (atMs < (noted.get(callbackKey) ?? Number.NEGATIVE_INFINITY) + notedAgainMs) return;
    await note(callbackKey, atMs);
    noted.set(callbackKey, atMs);
  };
}

const notedAgainMs = 10_000;
const maxNoted = 1_000;
