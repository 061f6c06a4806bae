import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseKeyring, parsePublicJwk } from '../../lib/sealing/jwk.ts';
import { localSealingKeys } from './sealing-keys.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
  file = join(folder, 'sealing-key.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes a public key without the private half, and the keyring of the same key', async () => {
  const { publicKey, keyring } = await localSealingKeys(file);
  expect(parsePublicJwk(publicKey)?.kid).toBe(parseKeyring(keyring)?.[0]?.kid);
});

it('writes them for their owner alone', async () => {
  await localSealingKeys(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('keeps the keys it made', async () => {
  expect(await localSealingKeys(file)).toEqual(await localSealingKeys(file));
});

it('says which file to delete when it holds no keys', async () => {
  writeFileSync(file, '{}');
  await expect(localSealingKeys(file)).rejects.toThrow(`${file} holds no sealing keys`);
});
