import type { FailureClass } from '../device/failures.ts';
import { createGate } from '../device/gate.ts';
import type { DeviceSecret, Upstream, UpstreamAnswer } from '../device/ports.ts';
import { failure } from './envelope.ts';
import { type Answered, exchange, failureOf, type Unanswered } from './exchange.ts';
import { parseAnswer } from './wire.ts';

/** How long a look into GeWe's cache may take: it answers at once, and is asked again after ten seconds. */
export const cachedTimeoutMs = 15_000;

const paths = {
  list: '/contacts/fetchContactsList',
  cached: '/contacts/fetchContactsListCache',
} as const;

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
  // A second one, so that one that comes slowly does not hold up all others.
  const largeAnswers = createGate(2);

  async function call(
    operation: keyof typeof paths,
    secret: DeviceSecret,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const startedAtMs = performance.now();
    const url = `${options.baseUrl}${paths[operation]}`;
    const came = await exchange({
      url,
      token: secret.token,
      body: { appId: secret.appId },
      timeoutMs,
      signal,
      largeAnswers,
    });
    if (came.kind === 'unsendable') return failure('token-rejected');
    const answer = came.kind === 'aborted' ? undefined : answerOf(came);
    options.onCall?.({
      operation,
      durationMs: Math.round(performance.now() - startedAtMs),
      ...(came.httpStatus !== undefined && { httpStatus: came.httpStatus }),
      outcome: answer === undefined ? 'aborted' : answer.kind === 'failure' ? answer.class : answer.kind,
    });
    if (answer === undefined) throw signal.reason;
    return answer;
  }

  return {
    fetchList: (secret, timeoutMs, signal) => call('list', secret, timeoutMs, signal),
    fetchCached: (secret, signal) =>
      call('cached', secret, options.cachedTimeoutMs ?? cachedTimeoutMs, signal),
  };
}

function answerOf(came: Answered | Unanswered): UpstreamAnswer {
  if (came.kind !== 'answer') return failureOf(came);
  const { release } = came;
  const answer = parseAnswer(came);
  if (answer.kind === 'list' && release) return { ...answer, release };
  release?.();
  return answer;
}
