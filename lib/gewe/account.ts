import type { FailureClass } from '../device/failures.ts';
import type { AccountAnswer, GeweAccount } from '../device/ports.ts';
import { parseEnvelope } from './envelope.ts';
import { exchange, failureOf } from './exchange.ts';

/** How long one of the quick calls may take. */
export const quickTimeoutMs = 10_000;

export interface GeweAccountOptions {
  /** As `geweBaseUrl` gives it: its prefix tells the hosted service from a self-hosted build. */
  readonly baseUrl: string;
  /** How long a call may take; `quickTimeoutMs` unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/** GeWe's quick calls about a token, over HTTP: one request a call. Nothing of GeWe's own texts leaves. */
export function createGeweAccount({ baseUrl, timeoutMs = quickTimeoutMs }: GeweAccountOptions): GeweAccount {
  async function call(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal,
  ): Promise<AccountAnswer> {
    const came = await exchange({ url: `${baseUrl}${path}`, token, body, timeoutMs, signal });
    if (came.kind === 'aborted') throw signal.reason;
    if (came.kind === 'unsendable') return failed('token-rejected');
    const said = came.kind === 'answer' ? parseEnvelope(came) : failureOf(came);
    return said.kind === 'failure' ? failed(said.class) : { kind: 'success' };
  }

  // Source: GeWe's documentation of both. The hosted service knows no `tools/setCallback`.
  const setCallbackPath = baseUrl.endsWith('/gewe/v2/api') ? '/login/setCallback' : '/tools/setCallback';

  return {
    checkOnline: ({ token, appId }, signal) => call('/login/checkOnline', token, { appId }, signal),
    setCallback: (token, callbackUrl, signal) => call(setCallbackPath, token, { token, callbackUrl }, signal),
  };
}

function failed(failureClass: FailureClass): AccountAnswer {
  return { kind: 'failure', class: failureClass };
}
