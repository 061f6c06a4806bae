import { randomBytes, randomInt } from 'node:crypto';

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';

/** 16 characters of [0-9a-z], 82 bits: what makes a refresh id unguessable. */
export function newRefreshSuffix(): string {
  return randomLetters(16);
}

/** 8 characters of [0-9a-z]: tells one subscription of a device from its earlier ones. */
export function newSubscriptionSuffix(): string {
  return randomLetters(8);
}

function randomLetters(length: number): string {
  return Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');
}

/** 12 characters of base64url, 72 bits: tells one write, or one worker, from all others. */
export function newNonce(): string {
  return randomBytes(9).toString('base64url');
}

/** 22 characters of base64url, 128 bits: names one receipt of a callback. */
export function newDeliveryId(): string {
  return randomBytes(16).toString('base64url');
}

/** 16 bytes: tells the callback URL of a token from its earlier ones. */
export function newSalt(): Uint8Array {
  return randomBytes(16);
}
