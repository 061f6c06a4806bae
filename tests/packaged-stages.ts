import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { type Packaged, packageTemplate } from './packaged-template.ts';

const accountId = '111122223333';
export const boundaryArn = `arn:aws-cn:iam::${accountId}:policy/bound`;
export const certificateArn = `arn:aws-cn:acm:cn-north-1:${accountId}:certificate/0`;

/** Every setting of the functions, as the environment of a deploy: all but what a deployed stack does not use. */
export const chosenSettings: Readonly<Record<string, string>> = {
  GEWE_BASE_URL: 'http://gewe.example/api',
  GEWE_LIST_TIMEOUT_S: '200',
  GEWE_CACHE_POLL_S: '11',
  GEWE_CACHE_WINDOW_S: '500',
  DEFAULT_WAIT_S: '9',
  MIN_REFRESH_INTERVAL_S: '61',
  FAILURE_COOLDOWN_S: '31',
  RETRY_DELAYS_S: '16,61',
  LEASE_S: '33',
  CHANGE_DEBOUNCE_S: '12',
  CHATROOM_INTERVAL_S: '3',
  ALLOWED_TOKEN_HASHES: 'ab'.repeat(32),
  PASS_THROUGH: 'contacts,group',
  PUBLIC_BASE_URL: 'https://contacts.example/base',
  LOG_LEVEL: 'WARN',
};

/** With nothing set, as it is packaged without an account. */
export function packageDev(): Packaged {
  return packageTemplate('dev', {});
}

/** In AWS China, with everything set that can be set, to something else than its default. */
export async function packageProd(): Promise<Packaged> {
  return packageTemplate('prod', {
    AWS_REGION: 'cn-north-1',
    ...chosenSettings,
    SEALING_PUBLIC_KEY: JSON.stringify((await newSealingKey()).publicKey),
    WORKER_CONCURRENCY: '4',
    WAITING_CONCURRENCY: '20',
    API_RATE_LIMIT: '7',
    CALLBACK_RATE_LIMIT: '70',
    API_BURST_LIMIT: '9',
    LAMBDA_ARCHITECTURE: 'x86_64',
    CUSTOM_DOMAIN: 'contacts.example.com',
    CUSTOM_DOMAIN_CERTIFICATE_ARN: certificateArn,
    PERMISSIONS_BOUNDARY_ARN: boundaryArn,
  });
}
