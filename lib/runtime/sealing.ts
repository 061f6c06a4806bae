import { CompactEncrypt, compactDecrypt } from 'jose';
import { type DeviceSecret, type Opener, type Sealer, Unsealable } from '../domain/ports.ts';
import type { PrivateJwk, PublicJwk } from './jwk.ts';

/** What is sealed for one purpose cannot be opened for another. */
const purpose = 'gewe-contacts/refresh';
const algorithm = 'ECDH-ES';
const encryption = 'A256GCM';

/** Finds a private key by its `kid`; undefined when the key is gone. Throws when the keys cannot be loaded. */
export type KeyOf = (kid: string) => Promise<PrivateJwk | undefined>;

/**
 * Seals as a compact JWE (RFC 7516) that binds the purpose and the device key: they stand in the protected header,
 * which the encryption authenticates. With the public key alone nothing can be opened.
 */
export function createSealer(key: PublicJwk): Sealer {
  return {
    seal({ token, appId }, deviceKey) {
      const header = { alg: algorithm, enc: encryption, kid: key.kid, purpose, deviceKey };
      return new CompactEncrypt(Buffer.from(JSON.stringify({ token, appId })))
        .setProtectedHeader(header)
        .encrypt(key);
    },
  };
}

/** Opens what was sealed for any key that `keyOf` finds. What `keyOf` throws is thrown as it is. */
export function createOpener(keyOf: KeyOf): Opener {
  return {
    async open(sealed, deviceKey) {
      const key = await keyOf(kidOf(sealed));
      if (key === undefined) throw new Unsealable('the key that the text was sealed for is gone');
      const { header, text } = await decrypted(sealed, key);
      if (header.purpose !== purpose) throw new Unsealable('the text was sealed for another purpose');
      if (header.deviceKey !== deviceKey) throw new Unsealable('the text was sealed for another device');
      return secretOf(text);
    },
  };
}

/** The key that a text is sealed for. Throws `Unsealable` when it is no sealed one. */
export function kidOf(sealed: string): string {
  const [head = ''] = sealed.split('.', 1);
  const { kid } = membersOf(Buffer.from(head, 'base64url').toString('utf8'));
  if (typeof kid !== 'string') throw new Unsealable('the text is not a sealed one');
  return kid;
}

async function decrypted(sealed: string, key: PrivateJwk) {
  try {
    const { protectedHeader, plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [encryption],
    });
    return { header: protectedHeader, text: Buffer.from(plaintext).toString('utf8') };
  } catch (cause) {
    throw new Unsealable('the text was altered, or sealed for another key', { cause });
  }
}

function secretOf(text: string): DeviceSecret {
  const { token, appId } = membersOf(text);
  if (typeof token !== 'string' || typeof appId !== 'string') {
    throw new Unsealable('what was sealed is not a token and an app id');
  }
  return { token, appId };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? Object.fromEntries(Object.entries(json)) : {};
  } catch {
    // The parser's own error would quote what it read.
    return {};
  }
}
