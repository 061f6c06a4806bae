import { gunzipSync, gzipSync } from 'node:zlib';
import type { BodyBinding, BodyOpener, BodySealer } from '../callbacks/ports.ts';
import { Unsealable } from '../device/ports.ts';
import { type KeyOf, openFor, sealFor } from './jwe.ts';
import type { PublicJwk } from './jwk.ts';

/** What is sealed for one purpose cannot be opened for another. */
const purpose = 'gewe-contacts/callback';

/** Nothing larger is ever sealed (`receive-callback.ts`); a text that claims to be is not unpacked. */
const maxBodyBytes = 8 * 1024 * 1024;

/** Seals callback bodies, packed: the quickest packing already halves JSON, and undoes the base64 of pictures. */
export function createBodySealer(key: PublicJwk): BodySealer {
  return {
    seal: (body, binding) => sealFor(key, bound(binding), gzipSync(body, { level: 1 })),
  };
}

/** Opens what was sealed for any key that `keyOf` finds. What `keyOf` throws is thrown as it is. */
export function createBodyOpener(keyOf: KeyOf): BodyOpener {
  return {
    async open(sealed, binding) {
      const packed = await openFor(keyOf, bound(binding), sealed);
      try {
        return gunzipSync(packed, { maxOutputLength: maxBodyBytes });
      } catch (cause) {
        throw new Unsealable('what was sealed is no packed body', { cause });
      }
    },
  };
}

function bound({ callbackKey, deliveryId }: BodyBinding) {
  return { purpose, callbackKey, deliveryId };
}
