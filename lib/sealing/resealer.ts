import type { Opener, Resealer } from '../device/ports.ts';
import { kidOf } from './jwe.ts';
import type { Keyring } from './keyring.ts';
import { createSealer } from './token-sealing.ts';

/**
 * Seals anew what was sealed for an older key of the keyring: what is kept for long moves on to the current key each
 * time it is used, until nothing needs the older one any more. The private key's public half does the sealing.
 */
export function createResealer(keyring: Keyring, opener: Opener): Resealer {
  return {
    async reseal(sealed, deviceKey) {
      const { kty, crv, x, y, kid } = await keyring.current();
      if (kidOf(sealed) === kid) return undefined;
      return createSealer({ kty, crv, x, y, kid }).seal(await opener.open(sealed, deviceKey), deviceKey);
    },
  };
}
