import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DeliveryOutcome, WebhookClient, WebhookRequest } from '../callbacks/ports.ts';
import { type Aim, aimAt, type TargetRules } from './target.ts';

/** What a target has for its answer, the finding of its name and the sending included (`openapi.yaml`). */
export const deliveryTimeoutMs = 30_000;
/** A target is let finish an answer of this length, and is given this long for it; then the connection is cut. */
const maxAnswerBytes = 16 * 1024;
const maxAnswerMs = 1_000;
/** An address that does not take the connection in this time makes room for the name's next one; Node's 250 ms are less than half round the world. */
const nextAddressMs = 2_000;
/** A target that says when to come back is listened to for so long. */
const longestRetryAfterMs = 3_600_000;

export interface WebhookRules extends TargetRules {
  /** `deliveryTimeoutMs` unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/**
 * Delivers over HTTP: one request, with a connection of its own to an address that has just been checked; no redirect is
 * followed. Nothing of the URL, of the body, or of the answer but its status and its `Retry-After` is in what comes of it.
 */
export function createWebhookClient({
  timeoutMs = deliveryTimeoutMs,
  ...rules
}: WebhookRules): WebhookClient {
  return {
    async deliver(delivery, signal) {
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), timeoutMs);
      try {
        const aim = await aimAt(delivery.target, delivery.ownHosts, rules);
        if (aim.kind === 'blocked') return aim;
        if (aim.kind === 'unresolved') return { kind: 'failed', lost: 'connection' };
        return await post(aim, delivery, AbortSignal.any([signal, timeout.signal]));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function post(aim: Aim, delivery: WebhookRequest, signal: AbortSignal): Promise<DeliveryOutcome> {
  const { promise, resolve } = Promise.withResolvers<DeliveryOutcome>();
  const request = requestTo(aim, delivery, signal);
  let answer: Pick<IncomingMessage, 'statusCode' | 'headers'> | undefined;
  // Its errors name the host, and are not passed on.
  request.on('error', () => undefined);
  request.on('close', () => resolve(outcomeOf(answer, signal)));
  request.on('response', (response) => {
    answer = response;
    // The answer came before all of the body was sent: the rest is not waited for.
    response.on('close', () => request.destroy());
    cutShort(response);
  });
  request.end(delivery.body);
  return promise;
}

function outcomeOf(
  answer: Pick<IncomingMessage, 'statusCode' | 'headers'> | undefined,
  signal: AbortSignal,
): DeliveryOutcome {
  const { statusCode: status, headers } = answer ?? {};
  if (status === undefined) return { kind: 'failed', lost: signal.aborted ? 'timeout' : 'connection' };
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const retryAfterMs = msOf(headers?.['retry-after']);
  return { kind: 'failed', status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** A `Retry-After` in seconds; its other form, a date, needs clocks that agree, and is not taken. */
function msOf(retryAfter = ''): number | undefined {
  return /^\d{1,9}$/.test(retryAfter) ? Math.min(Number(retryAfter) * 1000, longestRetryAfterMs) : undefined;
}

/** Reads an answer past, and destroys it when it is long or slow. */
function cutShort(answer: IncomingMessage): void {
  const timer = setTimeout(() => answer.destroy(), maxAnswerMs);
  let bytes = 0;
  answer.on('data', ({ byteLength }: Uint8Array) => {
    bytes += byteLength;
    if (bytes > maxAnswerBytes) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.on('close', () => clearTimeout(timer));
}

function requestTo(
  { url, host, addresses }: Aim,
  delivery: WebhookRequest,
  signal: AbortSignal,
): ClientRequest {
  const options: RequestOptions & { readonly autoSelectFamilyAttemptTimeout: number } = {
    method: 'POST',
    hostname: host,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: headersOf(delivery),
    // A kept connection would be to an address that was checked some time ago, and may be dead after a sleep.
    agent: false,
    // A name is looked up once: what it resolves to a moment later is of no matter.
    lookup: pinnedTo(addresses),
    autoSelectFamilyAttemptTimeout: nextAddressMs,
    signal,
  };
  return url.protocol === 'https:' ? requestHttps(options) : requestHttp(options);
}

function headersOf({ headerId, receivedAtMs, contentType, body }: WebhookRequest): Record<string, string> {
  return {
    ...(sendable.test(contentType) && { 'Content-Type': contentType }),
    'Content-Length': String(body.byteLength),
    'User-Agent': 'gewe-contacts',
    Via: '1.1 gewe-contacts',
    'X-Gewe-Contacts-Delivery': headerId,
    'X-Gewe-Contacts-Received-At': new Date(receivedAtMs).toISOString(),
  };
}

/** What Node's client takes for a header's value: whatever else a content type holds, the body goes on without it. */
const sendable = /^[\t\x20-\x7e\x80-\xff]+$/;

/** Answers Node's question for a name's addresses with those that were checked. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first = { address: '', family: 0 }] = pinned;
  return (_name, { all }, answer) => (all ? answer(null, pinned) : answer(null, first.address, first.family));
}
