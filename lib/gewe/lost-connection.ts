import type { Failure } from './envelope.ts';

/**
 * What an error of `fetch` means that was no abort. `mayStillRun` is false only when it is certain that no request
 * went out: the name was not found, or the connection was never made.
 */
export function lostConnection(error: unknown): Failure {
  return { kind: 'failure', class: 'upstream-error', mayStillRun: !neverConnected(error) };
}

/** Node's name for what failed (`error.syscall`), before a connection stands. */
const connecting: ReadonlySet<unknown> = new Set(['getaddrinfo', 'connect']);

/** Codes of undici and Node for a connection, or its TLS, that was never made. */
const connectingCodes: ReadonlySet<unknown> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A name with several addresses: each of them was tried.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  if ('syscall' in error && connecting.has(error.syscall)) return true;
  if ('code' in error && connectingCodes.has(error.code)) return true;
  // `fetch` wraps: TypeError "fetch failed", caused by the error of the connection.
  return neverConnected(error.cause);
}
