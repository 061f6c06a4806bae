import { createHash } from 'node:crypto';

const separator = '\u001f';

/** The key of a token: who holds only this can find its devices, and never the token. 32 bytes. */
export function tokenKeyOf(token: string): Uint8Array {
  return createHash('sha256').update(`gewe-contacts${separator}${token}`).digest();
}

/**
 * The key of everything kept for a device, base64url, 43 characters. Another token gives another key, so its
 * bearer finds nothing: isolation by construction.
 */
export function deviceKeyOf(token: string, appId: string): string {
  return deviceKeyFor(tokenKeyOf(token), appId);
}

/** The same, for who holds only the key of the token. */
export function deviceKeyFor(tokenKey: Uint8Array, appId: string): string {
  return createHash('sha256').update(tokenKey).update(`${separator}${appId}`).digest('base64url');
}
