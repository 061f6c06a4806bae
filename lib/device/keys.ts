import { createHash } from 'node:crypto';
import type { DeviceSecret } from './ports.ts';

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

/** Who has the token of a device, and the keys that are made of it. Never logged, but for `deviceKey`. */
export interface DeviceOwner extends DeviceSecret {
  readonly tokenKey: Uint8Array;
  readonly deviceKey: string;
}

/** Makes both keys. */
export function deviceOwnerOf({ token, appId }: DeviceSecret): DeviceOwner {
  const tokenKey = tokenKeyOf(token);
  return { token, appId, tokenKey, deviceKey: deviceKeyFor(tokenKey, appId) };
}
