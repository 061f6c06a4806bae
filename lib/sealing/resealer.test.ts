import { describe, expect, it } from 'vitest';
import { keyringOf } from './keyring.ts';
import { createResealer } from './resealer.ts';
import { newSealingKey } from './sealing-key.ts';
import { createOpener, createSealer } from './token-sealing.ts';

const secret = { token: 'canary-token', appId: 'wx_demo' };
const [older, current] = [await newSealingKey(), await newSealingKey()];

describe('sealing anew', () => {
  const keyring = keyringOf([current.privateKey, older.privateKey]);
  const resealer = createResealer(keyring, createOpener(keyring));

  it('moves what was sealed for an older key to the current one, which alone opens it then', async () => {
    const sealed = await createSealer(older.publicKey).seal(secret, 'device');
    const resealed = await resealer.reseal(sealed, 'device');
    const onlyCurrent = createOpener(keyringOf([current.privateKey]));
    expect(await onlyCurrent.open(resealed ?? '', 'device')).toEqual(secret);
    expect(resealed).not.toContain('canary');
  });

  it('leaves alone what is sealed for the current key', async () => {
    const sealed = await createSealer(current.publicKey).seal(secret, 'device');
    expect(await resealer.reseal(sealed, 'device')).toBeUndefined();
  });

  it('refuses what was sealed for another device', async () => {
    const sealed = await createSealer(older.publicKey).seal(secret, 'another');
    await expect(resealer.reseal(sealed, 'device')).rejects.toThrow('another device');
  });
});
