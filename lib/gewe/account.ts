import type { AccountAnswer, GeweAccount } from '../device/ports.ts';
import { type QuickCallOptions, quickCall } from './exchange.ts';

/** GeWe's quick calls about a token, over HTTP: one request a call. Nothing of GeWe's own texts leaves. */
export function createGeweAccount(options: QuickCallOptions): GeweAccount {
  async function call(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal,
  ): Promise<AccountAnswer> {
    const said = await quickCall(options, { path, token, body, signal });
    return said.kind === 'failure' ? { kind: 'failure', class: said.class } : { kind: 'success' };
  }

  // Source: GeWe's documentation of both. The hosted service knows no `tools/setCallback`.
  const setCallbackPath = options.baseUrl.endsWith('/gewe/v2/api')
    ? '/login/setCallback'
    : '/tools/setCallback';

  return {
    checkOnline: ({ token, appId }, signal) => call('/login/checkOnline', token, { appId }, signal),
    setCallback: (token, callbackUrl, signal) => call(setCallbackPath, token, { token, callbackUrl }, signal),
  };
}
