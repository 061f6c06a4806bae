import { CompactEncrypt, compactDecrypt } from 'jose';
import { Unsealable } from '../device/ports.ts';
import { membersOf, type PrivateJwk, type PublicJwk } from './jwk.ts';

const algorithm = 'ECDH-ES';
const encryption = 'A256GCM';

/** Finds a private key by its `kid`; undefined when the key is gone. Throws when the keys cannot be loaded. */
export type KeyOf = (kid: string) => Promise<PrivateJwk | undefined>;

/** What a sealed text is for and belongs to: members of the protected header, which the encryption authenticates. */
export interface Binding {
  readonly purpose: string;
  readonly [name: string]: string;
}

/** Seals as a compact JWE (RFC 7516) with the binding in its header. With the public key alone nothing can be opened. */
export function sealFor(key: PublicJwk, binding: Binding, bytes: Uint8Array): Promise<string> {
  const header = { ...binding, alg: algorithm, enc: encryption, kid: key.kid };
  return new CompactEncrypt(bytes).setProtectedHeader(header).encrypt(key);
}

/**
 * Opens what was sealed for any key that `keyOf` finds, if it is bound to just this. Throws `Unsealable`; what `keyOf`
 * throws is thrown as it is.
 */
export async function openFor(keyOf: KeyOf, binding: Binding, sealed: string): Promise<Uint8Array> {
  const key = await keyOf(kidOf(sealed));
  if (key === undefined) throw new Unsealable('the key that the text was sealed for is gone');
  const { header, bytes } = await decrypted(sealed, key);
  for (const [name, value] of Object.entries(binding)) {
    if (header[name] !== value) throw new Unsealable(`the text was sealed for another ${name}`);
  }
  return bytes;
}

/** The `kid` of the key that a text was sealed for. Throws `Unsealable`. */
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
    const header: Readonly<Record<string, unknown>> = { ...protectedHeader };
    return { header, bytes: plaintext };
  } catch (cause) {
    throw new Unsealable('the text was altered, or sealed for another key', { cause });
  }
}
