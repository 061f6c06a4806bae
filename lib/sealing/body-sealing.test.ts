import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Unsealable } from '../device/ports.ts';
import { createBodyOpener, createBodySealer } from './body-sealing.ts';
import { sealFor } from './jwe.ts';
import { keyringOf } from './keyring.ts';
import { newSealingKey } from './sealing-key.ts';
import { createSealer } from './token-sealing.ts';

let key: Awaited<ReturnType<typeof newSealingKey>>;
beforeAll(async () => {
  key = await newSealingKey();
});

const binding = { callbackKey: 'callback', deliveryId: 'delivery' };
const opener = () => createBodyOpener(keyringOf([key.privateKey]));
const sealer = () => createBodySealer(key.publicKey);

describe('a sealed body', () => {
  it('is opened to the same bytes, for what it belongs to and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (body) => {
        const sealed = await sealer().seal(body, binding);
        expect(new Uint8Array(await opener().open(sealed, binding))).toEqual(body);
        const others = [
          { ...binding, callbackKey: 'other' },
          { ...binding, deliveryId: 'other' },
        ];
        for (const other of others) await expect(opener().open(sealed, other)).rejects.toThrow(Unsealable);
      }),
      { numRuns: 30 },
    );
  });

  it('shows nothing of the body, and is smaller than one that repeats itself', async () => {
    const body = Buffer.from('canary '.repeat(10_000));
    const sealed = await sealer().seal(body, binding);
    const readable = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [sealed, ...readable]) expect(text).not.toContain('canary');
    expect(sealed.length).toBeLessThan(body.byteLength / 10);
  });

  it('holds a body of 5 MiB', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, 'body');
    expect(body.equals(await opener().open(await sealer().seal(body, binding), binding))).toBe(true);
  });
});

it('is not a sealed token, nor the other way about', async () => {
  const secret = await createSealer(key.publicKey).seal({ token: 't', appId: 'a' }, 'device');
  await expect(opener().open(secret, binding)).rejects.toThrow('the text was sealed for another purpose');
});

it('is not opened when it is not packed, or unpacks to more than any body has', async () => {
  const bound = { purpose: 'gewe-contacts/callback', ...binding };
  const plain = await sealFor(key.publicKey, bound, Buffer.from('plain'));
  await expect(opener().open(plain, binding)).rejects.toThrow(Unsealable);
  const bomb = await sealer().seal(Buffer.alloc(9 * 1024 * 1024), binding);
  await expect(opener().open(bomb, binding)).rejects.toThrow(Unsealable);
});
