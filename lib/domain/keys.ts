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
  return createHash('sha256').update(tokenKeyOf(token)).update(`${separator}${appId}`).digest('base64url');
}
