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
  readonly largeBodies: Gate;
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
  const { callbackKey, receivedAtMs, bytes } = message;
  const read = () => readEvent(message, ports);
  const event = await (bytes > largeBytes ? ports.largeBodies(read) : read());
  // Its body has expired: it was put back too late.
  if (event === undefined) return { kind: 'ack', what: 'body-gone' };
  await ports.noteReceived(callbackKey, receivedAtMs);
  const tokenKey = Buffer.from(message.tokenKey, 'base64url');
  const effect = await applyCallback(event, tokenKey, receivedAtMs, ports);
  ports.telemetry?.callbackHandled(effect);
  return { kind: 'ack', what: effect };
}

async function readEvent(
  { callbackKey, deliveryId, body }: CallbackMessage,
  { bodyStore, bodies, parse }: ProcessPorts,
): Promise<CallbackEvent | undefined> {
  const sealed = 'sealed' in body ? body.sealed : await bodyStore.get(deliveryId);
  return sealed === undefined ? undefined : parse(await bodies.open(sealed, { callbackKey, deliveryId }));
}

/** Lets what it is given begin when there is a place for it, in the order in which it came. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
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
