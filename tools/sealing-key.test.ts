import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseKeyring, parsePublicJwk } from '../lib/runtime/jwk.ts';
import { keyringOf } from '../lib/runtime/keyring.ts';
import { createOpener, createSealer } from '../lib/runtime/sealing.ts';

function run(...args: readonly string[]): string {
  const script = join(import.meta.dirname, 'sealing-key.ts');
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' }).stdout;
}

it('prints a public key and the keyring that opens what it sealed', async () => {
  const [publicKey = '', keyring = ''] = run().split('\n');
  const key = parsePublicJwk(publicKey);
  const keys = parseKeyring(keyring);
  expect(key).toBeDefined();
  expect(keys).toHaveLength(1);
  if (key === undefined || keys === undefined) return;
  const sealed = await createSealer(key).seal({ token: 't', appId: 'a' }, 'device');
  expect(await createOpener(keyringOf(keys)).open(sealed, 'device')).toEqual({ token: 't', appId: 'a' });
});

it('says where the halves go', () => {
  expect(run('--help')).toContain('SEALING_PUBLIC_KEY');
});
