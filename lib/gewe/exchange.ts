import type { Gate } from '../device/gate.ts';
import { type Failure, failure, parseEnvelope, parseOversized, type Success } from './envelope.ts';
import { lostConnection } from './lost-connection.ts';

/** Nothing longer is read of an answer, decompressed: a list of 10,000 friends has 220 KB. */
export const maxBodyBytes = 16 * 1024 * 1024;
/** A larger answer queues at `largeAnswers`: so many of the smaller ones as a run of the worker waits for fit into its memory together. */
const largeBytes = 256 * 1024;

/** Visible ASCII, as in `openapi.yaml`. */
const sendable = /^[\x21-\x7e]+$/;

/** One call to GeWe. */
export interface Exchange {
  readonly url: string;
  readonly token: string;
  readonly body: object;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Where those queue whose answer is large, so that few are in memory at once; absent: they do not. */
  readonly largeAnswers?: Gate;
}

/** An answer that came whole. */
export interface Answered {
  readonly kind: 'answer';
  readonly httpStatus: number;
  readonly body: Uint8Array;
  /** To be called when nothing of a large answer is needed any more. */
  readonly release?: () => void;
}

/** None came, or not whole. `httpStatus` is absent when none began. */
export type Unanswered =
  | { readonly kind: 'oversized'; readonly httpStatus: number }
  | { readonly kind: 'timeout'; readonly httpStatus?: number }
  | { readonly kind: 'lost'; readonly httpStatus?: number; readonly error: unknown };

export type Came =
  | Answered
  | Unanswered
  /** `signal` ended it. */
  | { readonly kind: 'aborted'; readonly httpStatus?: number }
  /** No header can carry the token, so GeWe can never have accepted it; and `fetch` would say it in its error. */
  | { readonly kind: 'unsendable' };

/**
 * One `POST` to GeWe: nothing is tried again here, no redirect is followed. Never throws but the reason of a signal that
 * has aborted before.
 */
export async function exchange({
  url,
  token,
  body,
  timeoutMs,
  signal,
  largeAnswers,
}: Exchange): Promise<Came> {
  signal.throwIfAborted();
  if (!sendable.test(token)) return { kind: 'unsendable' };
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  let begun: { httpStatus?: number } = {};
  try {
    const either = AbortSignal.any([signal, timeout.signal]);
    const response = await post(url, token, body, either);
    begun = { httpStatus: response.status };
    return await read(response, () => largeAnswers?.enter(either));
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted', ...begun };
    return timeout.signal.aborted ? { kind: 'timeout', ...begun } : { kind: 'lost', ...begun, error };
  } finally {
    clearTimeout(timer);
  }
}

/** What it means that no answer came, or not whole. */
export function failureOf(came: Unanswered): Failure {
  switch (came.kind) {
    case 'oversized':
      return parseOversized(came.httpStatus);
    case 'timeout':
      return failure('upstream-timeout', true);
    case 'lost':
      return lostConnection(came.error);
  }
}

/** Where the quick calls go, and how long one may take. */
export interface QuickCallOptions {
  /** As `geweBaseUrl` gives it: its prefix tells the hosted service from a self-hosted build. */
  readonly baseUrl: string;
  /** 10 s unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/** One call that GeWe answers at once. Throws nothing but the signal's reason. */
export async function quickCall(
  { baseUrl, timeoutMs = 10_000 }: QuickCallOptions,
  call: Pick<Exchange, 'token' | 'body' | 'signal'> & { readonly path: string },
): Promise<Success | Failure> {
  const came = await exchange({ ...call, url: `${baseUrl}${call.path}`, timeoutMs });
  if (came.kind === 'aborted') throw call.signal.reason;
  if (came.kind === 'unsendable') return failure('token-rejected');
  return came.kind === 'answer' ? parseEnvelope(came) : failureOf(came);
}

function post(url: string, token: string, body: object, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'X-GEWE-TOKEN': token,
      'Content-Type': 'application/json',
      Accept: 'application/json',
      // A kept connection may be dead when it is used again, above all after a Lambda function slept. That would
      // look like a list call cut off, and cost ten minutes of asking the cache for a result that never comes.
      Connection: 'close',
    },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal,
  });
}

/** `enter`: waits until a large answer may be read on. */
async function read(response: Response, enter: () => Promise<() => void> | undefined): Promise<Came> {
  const httpStatus = response.status;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let release: (() => void) | undefined;
  try {
    // Leaving the loop early cancels the body, and with it the connection.
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBodyBytes) {
        release?.();
        return { kind: 'oversized', httpStatus };
      }
      chunks.push(chunk);
      if (bytes > largeBytes) release ??= await enter();
    }
  } catch (error) {
    release?.();
    throw error;
  }
  return { kind: 'answer', httpStatus, body: Buffer.concat(chunks, bytes), ...(release && { release }) };
}
