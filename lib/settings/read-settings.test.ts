import { describe, expect, it } from 'vitest';
import { newSealingKey } from '../sealing/sealing-key.ts';
import { callersFrom, keyringSourceFrom, policyFrom, readConfig, readUserSettings } from './read-settings.ts';
import { userSettings } from './user-settings.ts';
import { settings, wiringSettings } from './wiring-settings.ts';

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'not an error';
  }
  return '';
}

describe('the settings of a user', () => {
  it('have these defaults', () => {
    expect(readUserSettings({})).toEqual({
      port: 3000,
      geweBaseUrl: undefined,
      policy: {
        listTimeoutMs: 240_000,
        cachePollMs: 10_000,
        cacheWindowMs: 600_000,
        minRefreshIntervalMs: 60_000,
        failureCooldownMs: 30_000,
        retryDelaysMs: [15_000, 60_000, 240_000],
        leaseMs: 30_000,
        changeDebounceMs: 10_000,
      },
      defaultWaitMs: 8_000,
      allowedTokenHashes: new Set(),
      publicBaseUrl: undefined,
      logLevel: 'INFO',
    });
  });

  it('are what is set, in the units that the code uses', () => {
    const hashes = ['a'.repeat(64), 'B'.repeat(64)];
    const read = readUserSettings({
      PORT: '8080',
      GEWE_BASE_URL: 'http://api.geweapi.com/',
      MIN_REFRESH_INTERVAL_S: '0',
      RETRY_DELAYS_S: ' 0, 900 ',
      ALLOWED_TOKEN_HASHES: hashes.join(', '),
      PUBLIC_BASE_URL: 'https://contacts.example.com/prod/',
      LOG_LEVEL: 'warn',
    });
    expect(read).toMatchObject({
      port: 8080,
      geweBaseUrl: 'http://api.geweapi.com/gewe/v2/api',
      policy: { minRefreshIntervalMs: 0, retryDelaysMs: [0, 900_000] },
      allowedTokenHashes: new Set(hashes.map((hash) => hash.toLowerCase())),
      publicBaseUrl: 'https://contacts.example.com/prod',
      logLevel: 'WARN',
    });
  });

  it('count as not set when they are empty, but for the retries: none', () => {
    const empty = Object.fromEntries(settings.map(({ name }) => [name, '']));
    const read = readUserSettings(empty);
    expect(read).toMatchObject({ port: 3000, logLevel: 'INFO', publicBaseUrl: undefined });
    expect(read.policy.retryDelaysMs).toEqual([]);
  });

  it.each([
    ['PORT', ['0', '65536', '-1', '3000.5', '0x10', '1e3', 'x', '99999999999999999999']],
    ['GEWE_BASE_URL', ['api.geweapi.com', 'ftp://host', 'http://user:pass@host', 'http://host?x']],
    ['GEWE_LIST_TIMEOUT_S', ['0', '271', '1.5']],
    ['GEWE_CACHE_POLL_S', ['0', '61']],
    ['GEWE_CACHE_WINDOW_S', ['-1', '3601']],
    ['DEFAULT_WAIT_S', ['26', 'eight']],
    ['MIN_REFRESH_INTERVAL_S', ['86401']],
    ['FAILURE_COOLDOWN_S', ['3601']],
    ['RETRY_DELAYS_S', ['901', '1,,2', '1;2', '1,2,3,4,5,6,7,8,9,10,11', ',']],
    ['LEASE_S', ['5', '241']],
    ['ALLOWED_TOKEN_HASHES', ['a'.repeat(63), 'g'.repeat(64), 'my-token']],
    [
      'PUBLIC_BASE_URL',
      ['contacts.example.com', '/prod', 'https://u:p@host', 'https://host?x', 'https://host#x'],
    ],
    ['LOG_LEVEL', ['LOUD', 'TRACE']],
  ])('refuse wrong values of %s', (name, values) => {
    for (const value of values) {
      expect(messageOf(() => readUserSettings({ [name]: value }))).toMatch(
        new RegExp(`^ConfigError: Wrong settings: ${name} is .*: expected `),
      );
    }
  });

  it.each([
    ['all', 'all'],
    ['none', 'none'],
    ['contacts', new Set(['contacts'])],
    [' contacts , group ', new Set(['contacts', 'group'])],
  ])('pass through what PASS_THROUGH=%s says', (text, rule) => {
    expect(readConfig({ PASS_THROUGH: text }, (read) => read(userSettings.passThrough))).toEqual(rule);
  });

  it.each(['', ' ', 'All', 'contacts,none', 'all,contacts', 'contacts,', 'a/b', '../x'])(
    'do not take PASS_THROUGH=%s for the default, nor for anything else',
    (text) => {
      const read = () => readConfig({ PASS_THROUGH: text }, (reader) => reader(userSettings.passThrough));
      expect(messageOf(read)).toContain('PASS_THROUGH is set to something else: expected all, none, or');
    },
  );

  it('are told together, in one line, when several are wrong', () => {
    const message = messageOf(() => readUserSettings({ PORT: 'x\ny', LEASE_S: '5', LOG_LEVEL: 'LOUD' }));
    expect(message).toBe(
      'ConfigError: Wrong settings: PORT is "x\\ny": expected a whole number from 1 to 65535; ' +
        'LEASE_S is "5": expected a whole number of seconds from 6 to 240; ' +
        'LOG_LEVEL is "LOUD": expected one of DEBUG, INFO, WARN, ERROR, SILENT',
    );
  });

  it('are not repeated where they may be a secret', () => {
    const message = messageOf(() =>
      readUserSettings({ ALLOWED_TOKEN_HASHES: 'canary-token', GEWE_BASE_URL: 'http://u:canary@h' }),
    );
    expect(message).toContain('ALLOWED_TOKEN_HASHES is set to something else');
    expect(message).not.toContain('canary');
  });
});

describe('the settings of a function', () => {
  it('are those that it asks for, and no others', () => {
    const env = { LEASE_S: 'wrong', QUEUE_URL: 'wrong', ALLOWED_TOKEN_HASHES: '' };
    expect(readConfig(env, callersFrom)).toEqual({ allowedTokenHashes: new Set() });
    expect(messageOf(() => readConfig(env, policyFrom))).toContain('LEASE_S');
  });

  it('are told together when they are missing, each once', () => {
    const message = messageOf(() =>
      readConfig({ TABLE_NAME: '', QUEUE_URL: 'sqs' }, (read) => [
        read(wiringSettings.tableName),
        read(wiringSettings.queueUrl),
        read(wiringSettings.queueUrl),
        read(userSettings.geweBaseUrl),
        keyringSourceFrom(read),
      ]),
    );
    expect(message).toBe(
      'ConfigError: Wrong settings: TABLE_NAME is not set: expected a table name; ' +
        'QUEUE_URL is set to something else: expected an http or https URL; ' +
        'GEWE_BASE_URL is not set: expected an http or https URL without user name, query and fragment, ' +
        'such as http://api.geweapi.com; ' +
        'neither SEALING_KEYRING nor SEALING_KEYRING_SECRET_ID is set',
    );
  });

  it('take the keyring from the environment before a secret, and tell nothing of it', async () => {
    const { privateKey } = await newSealingKey();
    const keyring = JSON.stringify({ keys: [privateKey] });
    const both = { SEALING_KEYRING: keyring, SEALING_KEYRING_SECRET_ID: 'id' };
    expect(readConfig(both, keyringSourceFrom)).toEqual({ keys: [privateKey] });
    expect(readConfig({ SEALING_KEYRING_SECRET_ID: 'id' }, keyringSourceFrom)).toEqual({ secretId: 'id' });
    const broken = messageOf(() => readConfig({ SEALING_KEYRING: keyring.slice(1) }, keyringSourceFrom));
    expect(broken).toContain('SEALING_KEYRING is set to something else');
    expect(broken).not.toContain(privateKey.d);
  });

  it('do not take a private key for the public one', async () => {
    const { publicKey, privateKey } = await newSealingKey();
    const read = (key: object) =>
      readConfig({ SEALING_PUBLIC_KEY: JSON.stringify(key) }, (reader) =>
        reader(wiringSettings.sealingPublicKey),
      );
    expect(read(publicKey)).toEqual(publicKey);
    expect(messageOf(() => read(privateKey))).toContain('SEALING_PUBLIC_KEY');
  });
});

it('tells every setting to people', () => {
  expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
  for (const { meaning, allowed } of settings) {
    expect(meaning).not.toBe('');
    expect(allowed).not.toBe('');
  }
});
