import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DeviceSecret, Unsealable } from '../device/ports.ts';
import { keyringOf } from './keyring.ts';
import { newSealingKey } from './sealing-key.ts';
import { createOpener, createSealer } from './token-sealing.ts';

let current: Awaited<ReturnType<typeof newSealingKey>>;
let older: typeof current;
beforeAll(async () => {
  current = await newSealingKey();
  older = await newSealingKey();
});

const opener = () => createOpener(keyringOf([current.privateKey, older.privateKey]));
const secret: DeviceSecret = { token: 'canary-token-0123456789', appId: 'wx_demo' };
const anySecret = fc.record({ token: fc.string(), appId: fc.string() });
const few = { numRuns: 30 };

describe('what was sealed', () => {
  it('is opened again for the same device, whichever key of the ring it was sealed for', async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, fc.string(), fc.boolean(), async (any, deviceKey, isOld) => {
        const sealed = await createSealer((isOld ? older : current).publicKey).seal(any, deviceKey);
        expect(await opener().open(sealed, deviceKey)).toEqual(any);
      }),
      few,
    );
  });

  it('is not opened for any other device', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (mine, other) => {
        fc.pre(mine !== other);
        const sealed = await createSealer(current.publicKey).seal(secret, mine);
        await expect(opener().open(sealed, other)).rejects.toThrow(Unsealable);
      }),
      few,
    );
  });

  it('is not opened when one of its characters was altered', async () => {
    const sealed = await createSealer(current.publicKey).seal(secret, 'device');
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: sealed.length - 1 }),
        fc.constantFrom('A', 'B', '.', '~'),
        async (at, by) => {
          const altered = sealed.slice(0, at) + by + sealed.slice(at + 1);
          // The last characters of a part may carry bits that mean nothing: then the bytes are the same.
          fc.pre(!sameBytes(altered, sealed));
          await expect(opener().open(altered, 'device')).rejects.toThrow(Unsealable);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is not opened when its key is gone, or is another of the same name', async () => {
    const sealed = await createSealer(current.publicKey).seal(secret, 'device');
    const without = createOpener(keyringOf([older.privateKey]));
    await expect(without.open(sealed, 'device')).rejects.toThrow(
      'the key that the text was sealed for is gone',
    );
    const impostor = createOpener(keyringOf([{ ...older.privateKey, kid: current.publicKey.kid }]));
    await expect(impostor.open(sealed, 'device')).rejects.toThrow(Unsealable);
  });

  it('does not show the token or the app id', async () => {
    const sealed = await createSealer(current.publicKey).seal(secret, 'device');
    const readable = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [sealed, ...readable]) {
      expect(text).not.toContain(secret.token);
      expect(text).not.toContain(secret.appId);
    }
  });

  it('is another text each time', async () => {
    const sealer = createSealer(current.publicKey);
    expect(await sealer.seal(secret, 'device')).not.toBe(await sealer.seal(secret, 'device'));
  });

  it('is small enough for a message many times over', async () => {
    const sealed = await createSealer(current.publicKey).seal(
      { token: 't'.repeat(512), appId: 'a'.repeat(128) },
      'k'.repeat(43),
    );
    expect(sealed.length).toBeLessThan(2_000);
  });
});

describe('open', () => {
  const forged = (header: object, text = JSON.stringify(secret)) =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({
        alg: 'ECDH-ES',
        enc: 'A256GCM',
        kid: current.publicKey.kid,
        purpose: 'gewe-contacts/refresh',
        deviceKey: 'device',
        ...header,
      })
      .encrypt(current.publicKey);

  it('refuses what was sealed for another purpose, in another way, or is no secret', async () => {
    expect(await opener().open(await forged({}), 'device')).toEqual(secret);
    const texts = [
      await forged({ purpose: 'gewe-contacts/subscription' }),
      await forged({ purpose: undefined }),
      await forged({ alg: 'ECDH-ES+A256KW' }),
      await forged({ enc: 'A128GCM' }),
      await forged({}, '{}'),
      await forged({}, 'secret'),
    ];
    for (const text of texts) await expect(opener().open(text, 'device')).rejects.toThrow(Unsealable);
  });

  it('refuses every text that is not sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(opener().open(text, 'device')).rejects.toThrow(Unsealable);
      }),
      few,
    );
  });

  it('passes on that the keys cannot be loaded: that is no fault of the text', async () => {
    const sealed = await createSealer(current.publicKey).seal(secret, 'device');
    const unreachable = createOpener(() => Promise.reject(new Error('no keys now')));
    await expect(unreachable.open(sealed, 'device')).rejects.toThrow('no keys now');
  });
});

function sameBytes(one: string, other: string): boolean {
  const bytes = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytes(one).join('.') === bytes(other).join('.');
}
