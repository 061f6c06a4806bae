import { beforeAll, describe, expect, it } from 'vitest';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { checkDeploySettings } from './deploy-settings.ts';

const none = { sealingKey: false, tokenHashes: false };
const all = { sealingKey: true, tokenHashes: true };
let pair: Awaited<ReturnType<typeof newSealingKey>>;
beforeAll(async () => {
  pair = await newSealingKey();
});

const faultsOf = (env: NodeJS.ProcessEnv, demands = none): string => {
  try {
    checkDeploySettings(env, demands);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

it('packages with nothing set, where nothing is demanded', () => {
  expect(faultsOf({})).toBe('');
});

it('demands a public key to seal with, and says that taking any token is a decision', () => {
  expect(faultsOf({}, all)).toBe(
    'Wrong settings: SEALING_PUBLIC_KEY is not set: expected a public P-256 JWK with a kid, as JSON; ' +
      'ALLOWED_TOKEN_HASHES is not set: to let anyone in, set it to nothing',
  );
  const env = { SEALING_PUBLIC_KEY: JSON.stringify(pair.publicKey), ALLOWED_TOKEN_HASHES: '' };
  expect(faultsOf(env, all)).toBe('');
});

it('refuses a private key where the public one belongs, and does not repeat it', () => {
  const text = faultsOf({ SEALING_PUBLIC_KEY: JSON.stringify(pair.privateKey) });
  expect(text).toContain('SEALING_PUBLIC_KEY is set to something else');
  expect(text).not.toContain(pair.privateKey.d);
});

it('names every fault at once: those of the functions, and those of the stack', () => {
  const text = faultsOf({
    LEASE_S: '1',
    MAX_LIST_CALLS: '1',
    API_RATE_LIMIT: '0',
    CUSTOM_DOMAIN: 'a.example',
  });
  for (const fault of [
    'LEASE_S is "1"',
    'MAX_LIST_CALLS is "1": expected a whole number from 2 to 20000',
    'API_RATE_LIMIT',
    'CUSTOM_DOMAIN and CUSTOM_DOMAIN_CERTIFICATE_ARN go together',
  ]) {
    expect(text).toContain(fault);
  }
});

describe.each([
  ['CALLBACK_CONCURRENCY', ['2', '1000'], ['0', '1', '1001']],
  ['FORWARD_CONCURRENCY', ['2', '1000'], ['0', '1', '1001']],
  ['API_RATE_LIMIT', ['1', '9999'], ['0', '10000', '-1']],
  ['API_BURST_LIMIT', ['1', '999', '4999'], ['0', '5000', '00']],
  ['CALLBACK_RATE_LIMIT', ['1', '9999'], ['0', '10000', '-1']],
  ['CALLBACK_BURST_LIMIT', ['1', '999', '4999'], ['0', '5000', '00']],
  ['WAITING_CONCURRENCY', ['1', '100'], ['0', 'off']],
  ['TABLE_ENCRYPTION', ['aws-owned', 'aws-managed'], ['kms', 'true']],
  ['LAMBDA_ARCHITECTURE', ['arm64', 'x86_64'], ['x86']],
  [
    'PERMISSIONS_BOUNDARY_ARN',
    ['arn:aws:iam::111122223333:policy/team/bound', 'arn:aws-cn:iam::aws:policy/PowerUserAccess'],
    ['bound', 'arn:aws:iam::1:policy/bound', 'arn:aws:iam::111122223333:role/bound'],
  ],
])('%s', (name, right, wrong) => {
  it.each(right)('may be %s', (value) => expect(faultsOf({ [name]: value })).toBe(''));
  it.each(wrong)('may not be %s', (value) =>
    expect(faultsOf({ [name]: value })).toContain(`${name} is set to`),
  );
});

it.each([
  'GEWE_BASE_URL',
  'CALLBACK_CONCURRENCY',
  'FORWARD_CONCURRENCY',
  'TABLE_ENCRYPTION',
  'API_RATE_LIMIT',
  'API_BURST_LIMIT',
  'CALLBACK_RATE_LIMIT',
  'CALLBACK_BURST_LIMIT',
  'WAITING_CONCURRENCY',
  'LAMBDA_ARCHITECTURE',
])('%s set to nothing would end up in the template, and is refused', (name) => {
  expect(faultsOf({ [name]: '' })).toBe(
    `Wrong settings: ${name} is set to nothing: unset it for its default`,
  );
});

it('takes a domain with its certificate', () => {
  const env = {
    CUSTOM_DOMAIN: 'contacts.example.com',
    CUSTOM_DOMAIN_CERTIFICATE_ARN: 'arn:aws:acm:us-east-1:111122223333:certificate/0',
  };
  expect(faultsOf(env)).toBe('');
});
