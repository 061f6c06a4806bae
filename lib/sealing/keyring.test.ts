import { beforeAll, describe, expect, it, vi } from 'vitest';
import { localLocation } from '../../tests/support/local-table.ts';
import { answerJson } from '../../tests/support/scripted-server.ts';
import { useServers } from '../../tests/support/use-servers.ts';
import { secretText } from '../aws/secrets-manager.ts';
import { cachedKeyring, keyringOf } from './keyring.ts';
import { newSealingKey } from './sealing-key.ts';

let first: Awaited<ReturnType<typeof newSealingKey>>;
let second: typeof first;
beforeAll(async () => {
  first = await newSealingKey();
  second = await newSealingKey();
});

/** A place that keyrings are loaded from, and a clock. */
function storeOf(...keys: (typeof first)[]) {
  const store = { keys, loads: 0, nowMs: 0, failing: false };
  const load = async () => {
    store.loads += 1;
    if (store.failing) throw new Error('not now');
    return JSON.stringify({ keys: store.keys.map(({ privateKey }) => privateKey) });
  };
  return { store, keyOf: cachedKeyring(load, { now: () => store.nowMs }) };
}

it('finds the keys of a ring that is there by their kid', async () => {
  const keyOf = keyringOf([first.privateKey, second.privateKey]);
  expect(await keyOf(second.privateKey.kid)).toEqual(second.privateKey);
  expect(await keyOf('other')).toBeUndefined();
});

describe('a cached keyring', () => {
  it('is loaded once for many, and again after five minutes', async () => {
    const { store, keyOf } = storeOf(first);
    await Promise.all([1, 2, 3].map(() => keyOf(first.privateKey.kid)));
    store.nowMs = 299_999;
    expect(await keyOf(first.privateKey.kid)).toEqual(first.privateKey);
    expect(store.loads).toBe(1);
    store.nowMs = 300_000;
    await keyOf(first.privateKey.kid);
    expect(store.loads).toBe(2);
  });

  it('is loaded again for a key that it does not know', async () => {
    const { store, keyOf } = storeOf(first);
    await keyOf(first.privateKey.kid);
    store.keys.push(second);
    expect(await keyOf(second.privateKey.kid)).toEqual(second.privateKey);
    expect(store.loads).toBe(2);
    expect(await keyOf('other')).toBeUndefined();
  });

  it('forgets a key that was retired', async () => {
    const { store, keyOf } = storeOf(first, second);
    await keyOf(first.privateKey.kid);
    store.keys.shift();
    store.nowMs = 300_000;
    expect(await keyOf(first.privateKey.kid)).toBeUndefined();
  });

  it('still finds a key that it knows while it cannot be loaded, and says that it cannot for others', async () => {
    const { store, keyOf } = storeOf(first);
    await keyOf(first.privateKey.kid);
    Object.assign(store, { failing: true, nowMs: 300_000 });
    expect(await keyOf(first.privateKey.kid)).toEqual(first.privateKey);
    await expect(keyOf(second.privateKey.kid)).rejects.toMatchObject({ name: 'KeyringUnavailable' });
    store.failing = false;
    expect(await keyOf(first.privateKey.kid)).toEqual(first.privateKey);
  });

  it.each(['', '{', '{}', '{"keys":[]}', '{"keys":[null]}', '{"keys":[{"kty":"EC","d":"canary"}]}'])(
    'says what is expected of a text like %j, and does not repeat it',
    async (text) => {
      const asking = cachedKeyring(async () => text, { now: () => 0 })('kid');
      await expect(asking).rejects.toThrow('the keyring is not {"keys": [private P-256 JWKs with a kid]}');
    },
  );
});

describe('the secret’s text', () => {
  const { scriptedServer } = useServers();

  /** Secrets Manager's JSON protocol, as far as it is used. */
  async function startSecretsManager(secrets: Readonly<Record<string, object>>): Promise<string> {
    const { url } = await scriptedServer((response, request, incoming) => {
      const { SecretId: id } = JSON.parse(request.body.toString());
      const known =
        request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' ? secrets[id] : undefined;
      const missing = { __type: 'ResourceNotFoundException', message: 'no such secret' };
      answerJson(known ?? missing, known ? 200 : 400)(response, request, incoming);
    });
    return url;
  }

  it('is read from Secrets Manager, at the address of the SDK’s own variables', async () => {
    const keyring = JSON.stringify({ keys: [first.privateKey] });
    vi.stubEnv(
      'AWS_ENDPOINT_URL_SECRETS_MANAGER',
      await startSecretsManager({ ring: { SecretString: keyring } }),
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const keyOf = cachedKeyring(secretText({ region: 'us-east-1' }, 'ring'), { now: () => 0 });
    expect(await keyOf(first.privateKey.kid)).toEqual(first.privateKey);
  });

  it.each([
    ['is not there', {}, 'ResourceNotFoundException'],
    ['holds bytes', { ring: { SecretBinary: 'AA==' } }, 'Error'],
  ])('of a secret that %s is KeyringUnavailable with the cause', async (_how, secrets, name) => {
    const location = localLocation(await startSecretsManager(secrets));
    const asking = cachedKeyring(secretText(location, 'ring'), { now: () => 0 })('kid');
    await expect(asking).rejects.toMatchObject({ name: 'KeyringUnavailable', cause: { name } });
  });
});
