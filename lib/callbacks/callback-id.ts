import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { tokenKeyOf } from '../device/keys.ts';

const purpose = 'gewe-contacts/callback';
const separator = '\u001f';
const keyLength = 22;
const secretLength = 32;

/** What the callback of a token is kept under, 22 characters of base64url (132 bits). */
export function callbackKeyOf(tokenKey: Uint8Array): string {
  const hash = createHash('sha256').update(`${purpose}${separator}`).update(tokenKey);
  return hash.digest('base64url').slice(0, keyLength);
}

/** Who has a token, and the keys that are made of it. Never logged, but for `callbackKey`. */
export interface CallbackOwner {
  readonly token: string;
  readonly tokenKey: Uint8Array;
  readonly callbackKey: string;
}

/** Makes both keys. */
export function callbackOwnerOf(token: string): CallbackOwner {
  const tokenKey = tokenKeyOf(token);
  return { token, tokenKey, callbackKey: callbackKeyOf(tokenKey) };
}

/**
 * The id in the URL of a callback: its key, and 192 bits that nobody can guess. They follow from the token, so that its
 * owner can be shown the URL again, and whoever reads the table cannot make it.
 */
export function callbackIdOf(callbackKey: string, token: string, salt: Uint8Array): string {
  const key = createHash('sha256').update(`${purpose}${separator}${token}`).digest();
  const secret = createHmac('sha256', key).update(salt).digest('base64url').slice(0, secretLength);
  return `${callbackKey}${secret}`;
}

/** The key in an id; undefined when it has not an id's form. */
export function callbackKeyIn(id: string): string | undefined {
  return /^[\w-]{54}$/.test(id) ? id.slice(0, keyLength) : undefined;
}

/** All that is kept of an id. */
export function idHashOf(id: string): Uint8Array {
  return createHash('sha256').update(id).digest();
}

/** Whether the hash is that of the id; takes as long whether or not it is. */
export function isIdOf(id: string, idHash: Uint8Array): boolean {
  const hash = idHashOf(id);
  return hash.byteLength === idHash.byteLength && timingSafeEqual(hash, idHash);
}
