import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseKeyring } from '../../lib/sealing/jwk.ts';
import { newSealingKey } from '../../lib/sealing/sealing-key.ts';

/** The two halves of the sealing key pair, as the functions' environment holds them. */
export interface SealingKeys {
  /** `SEALING_PUBLIC_KEY`: a public JWK, JSON text. */
  readonly publicKey: string;
  /** `SEALING_KEYRING`: `{"keys": [private JWKs, the first is current]}`, JSON text. */
  readonly keyring: string;
}

/**
 * The machine's own keyring, made once and kept in `file` (mode 0600). Throws an error for a person to read when the
 * file holds something else.
 */
export async function localSealingKeys(file: string): Promise<SealingKeys> {
  if (!existsSync(file)) await makeKeyring(file);
  const keyring = readFileSync(file, 'utf8');
  const current = parseKeyring(keyring)?.[0];
  if (current === undefined)
    throw new Error(`${file} holds no sealing keys: delete it to have new ones made`);
  const { d: _private, ...publicKey } = current;
  return { publicKey: JSON.stringify(publicKey), keyring };
}

async function makeKeyring(file: string): Promise<void> {
  const { privateKey } = await newSealingKey();
  // Renamed into its place: a crash never leaves half a key.
  writeFileSync(`${file}.new`, JSON.stringify({ keys: [privateKey] }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
