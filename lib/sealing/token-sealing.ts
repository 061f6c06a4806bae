import { type DeviceSecret, type Opener, type Sealer, Unsealable } from '../device/ports.ts';
import { type KeyOf, openFor, sealFor } from './jwe.ts';
import type { PublicJwk } from './jwk.ts';
import { membersOf } from './jwk.ts';

/** What is sealed for one purpose cannot be opened for another. */
const purpose = 'gewe-contacts/refresh';

/** Seals what a GeWe call needs, bound to the device. */
export function createSealer(key: PublicJwk): Sealer {
  return {
    seal({ token, appId }, deviceKey) {
      return sealFor(key, { purpose, deviceKey }, Buffer.from(JSON.stringify({ token, appId })));
    },
  };
}

/** Opens what was sealed for any key that `keyOf` finds. What `keyOf` throws is thrown as it is. */
export function createOpener(keyOf: KeyOf): Opener {
  return {
    async open(sealed, deviceKey) {
      const bytes = await openFor(keyOf, { purpose, deviceKey }, sealed);
      return secretOf(Buffer.from(bytes).toString('utf8'));
    },
  };
}

function secretOf(text: string): DeviceSecret {
  const { token, appId } = membersOf(text);
  if (typeof token !== 'string' || typeof appId !== 'string') {
    throw new Unsealable('what was sealed is not a token and an app id');
  }
  return { token, appId };
}
