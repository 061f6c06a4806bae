import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { type PrivateJwk, type PublicJwk, parseKeyring, parsePublicJwk, sealingCurve } from './jwk.ts';

/** A new key pair; `kid` is the public key's thumbprint (RFC 7638), cut to 16 characters. */
export async function newSealingKey(): Promise<{
  readonly publicKey: PublicJwk;
  readonly privateKey: PrivateJwk;
}> {
  const pair = await generateKeyPair('ECDH-ES', { crv: sealingCurve, extractable: true });
  const half = await exportJWK(pair.publicKey);
  const kid = (await calculateJwkThumbprint(half)).slice(0, 16);
  const publicKey = parsePublicJwk(JSON.stringify({ ...half, kid }));
  const whole = { ...(await exportJWK(pair.privateKey)), kid };
  const [privateKey] = parseKeyring(JSON.stringify({ keys: [whole] })) ?? [];
  if (publicKey === undefined || privateKey === undefined)
    throw new Error('the new key has not the form asked for');
  return { publicKey, privateKey };
}
