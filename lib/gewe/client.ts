import type { FailureClass } from '../domain/errors.ts';
import type { DeviceSecret, Upstream, UpstreamAnswer } from '../domain/ports.ts';
import { lostConnection } from './lost-connection.ts';
import { parseAnswer, parseOversized } from './wire.ts';

/** How long a look into GeWe's cache may take: it answers at once, and is asked again after ten seconds. */
export const cachedTimeoutMs = 15_000;
/** Nothing longer is read of an answer, decompressed: a list of 10,000 friends has 220 KB. */
export const maxBodyBytes = 16 * 1024 * 1024;

const paths = {
  list: '/contacts/fetchContactsList',
  cached: '/contacts/fetchContactsListCache',
} as const;

/** Visible ASCII, as in `openapi.yaml`. */
const sendable = /^[\x21-\x7e]+$/;

/** One call, for logs and metrics: nothing in it was said by GeWe or is secret. */
export interface GeweCall {
  readonly operation: keyof typeof paths;
  readonly durationMs: number;
  /** Absent when no answer began. */
  readonly httpStatus?: number;
  readonly outcome: 'list' | 'empty' | 'aborted' | FailureClass;
}

export interface GeweClientOptions {
  /** As `geweBaseUrl` gives it: what `/contacts/fetchContactsList` is appended to. */
  readonly baseUrl: string;
  /** Told of every call when it has ended; must not throw. */
  readonly onCall?: (call: GeweCall) => void;
  /** How long `fetchCached` may take; `cachedTimeoutMs` unless a test says otherwise. */
  readonly cachedTimeoutMs?: number;
}

/**
 * GeWe over HTTP. One request a call: nothing is tried again here, no redirect is followed. Neither the answers nor
 * what is thrown hold any text of GeWe, which repeats the caller's token in its errors.
 */
export function createGeweClient(options: GeweClientOptions): Upstream {
  async function call(
    operation: keyof typeof paths,
    secret: DeviceSecret,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    signal.throwIfAborted();
    // No header can carry it, so GeWe can never have accepted it; and `fetch` would say it in its error.
    if (!sendable.test(secret.token)) return { kind: 'failure', class: 'token-rejected', mayStillRun: false };
    const startedAtMs = performance.now();
    let httpStatus: number | undefined;
    const tell = (outcome: GeweCall['outcome']): void => {
      const durationMs = Math.round(performance.now() - startedAtMs);
      options.onCall?.({ operation, durationMs, outcome, ...(httpStatus !== undefined && { httpStatus }) });
    };

    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    let answer: UpstreamAnswer;
    try {
      const url = `${options.baseUrl}${paths[operation]}`;
      const response = await post(url, secret, AbortSignal.any([signal, timeout.signal]));
      httpStatus = response.status;
      answer = await read(response);
    } catch (error) {
      if (signal.aborted) {
        tell('aborted');
        throw signal.reason;
      }
      answer = timeout.signal.aborted
        ? { kind: 'failure', class: 'upstream-timeout', mayStillRun: true }
        : lostConnection(error);
    } finally {
      clearTimeout(timer);
    }
    tell(answer.kind === 'failure' ? answer.class : answer.kind);
    return answer;
  }

  return {
    fetchList: (secret, timeoutMs, signal) => call('list', secret, timeoutMs, signal),
    fetchCached: (secret, signal) =>
      call('cached', secret, options.cachedTimeoutMs ?? cachedTimeoutMs, signal),
  };
}

function post(url: string, { token, appId }: DeviceSecret, signal: AbortSignal): Promise<Response> {
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
    body: JSON.stringify({ appId }),
    redirect: 'manual',
    signal,
  });
}

async function read(response: Response): Promise<UpstreamAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body, and with it the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return parseOversized(response.status);
    chunks.push(chunk);
  }
  return parseAnswer({ httpStatus: response.status, body: Buffer.concat(chunks, bytes) });
}
