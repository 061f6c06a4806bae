import type { Incoming } from '../callbacks/receive.ts';
import type { CallbackAcknowledgement } from '../contract/types.generated.ts';
import { type Answer, json } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** GeWe's bodies have up to about 4 MiB; a Lambda function's event ends at 6 MB (AWS quota). */
const maxCallbackBytes = 5 * 1024 * 1024;

/** What was posted, byte for byte. Throws `Fault` when it is too large. */
export function incomingOf(request: HttpRequest): Incoming {
  const body = request.body();
  if (body.byteLength > maxCallbackBytes) throw new Fault('callback-too-large');
  return {
    id: request.pathParameters.callbackId ?? '',
    body,
    contentType: request.header('content-type') ?? '',
    wasForwarded: /(?:^|[\s,])gewe-contacts(?:[\s,]|$)/i.test(request.header('via') ?? ''),
  };
}

/** GeWe counts a callback as received when it gets this answer. */
export function acknowledgement(isKept: boolean): Answer {
  if (!isKept) throw new Fault('not-found');
  return json<CallbackAcknowledgement>(200, { ret: 200, msg: 'success' });
}

/** GeWe waits for three seconds: what takes longer is answered before. */
const patienceMs = 2_500;

/** GeWe may be gone, but what can be kept in this time is not lost; a warm receiver needs less than a tenth of a second. */
const leastMs = 500;

/** The gateway gives up after 30 s: a request cannot be older, so the two clocks differ. */
const oldestMs = 30_000;

/**
 * How long GeWe still waits for an answer, in milliseconds: 2.5 s from when the gateway received the request, because a cold
 * start counts, too; 500 ms at least. A time in the future, or too long ago, is a clock that is wrong, and nothing is deducted.
 */
export function patienceLeftMs(receivedAtMs: number, nowMs: number): number {
  const passedMs = nowMs - receivedAtMs;
  const isCredible = passedMs >= 0 && passedMs <= oldestMs;
  return isCredible ? Math.max(leastMs, patienceMs - passedMs) : patienceMs;
}

/**
 * Waits for `work` for `waitMs`, as long as GeWe does; then throws `Fault`, and GeWe may post again. Each call that `work` waits for
 * ends by itself soon after (its own time limit), so nothing is left hanging.
 */
export async function inTime<T>(work: Promise<T>, waitMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cause = new Error('the callback could not be kept in time');
  const timer = setTimeout(() => reject(new Fault('unavailable', [], { cause })), waitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
