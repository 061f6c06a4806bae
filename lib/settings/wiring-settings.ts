import {
  keyringForm,
  type PrivateJwk,
  type PublicJwk,
  parseKeyring,
  parsePublicJwk,
} from '../sealing/jwk.ts';
import { count, isHttp, type Setting, text, word } from './setting-kinds.ts';
import { userSettings } from './user-settings.ts';

/** What joins the parts; set by `serverless.yml` and by the local stack, not by users. */
export const wiringSettings = {
  tableName: matching('TABLE_NAME', /^[\w.-]{3,255}$/, 'a table name', 'The DynamoDB table'),
  queueUrl: queue('QUEUE_URL', 'The refresh queue'),
  scheduleQueueUrl: queue('SCHEDULE_QUEUE_URL', 'The queue of refreshes that the schedule began'),
  listCallsPerRun: count(
    'LIST_CALLS_PER_RUN',
    50,
    [1, 50],
    'Refreshes that one run of the worker handles at the same time (infra/list-calls.cjs)',
  ),
  listCallRuns: count(
    'LIST_CALL_RUNS',
    2,
    [2, 1_000],
    'Runs of the worker at the same time (infra/list-calls.cjs)',
  ),
  deadLetterQueueUrl: queue('DEAD_LETTER_QUEUE_URL', 'The dead-letter queue of the refresh queue'),
  callbackQueueUrl: queue('CALLBACK_QUEUE_URL', 'The queue of callbacks, and of the calls they lead to'),
  forwardQueueUrl: queue('FORWARD_QUEUE_URL', 'The queue of callbacks to be forwarded'),
  forwardDeadLetterQueueUrl: queue(
    'FORWARD_DEAD_LETTER_QUEUE_URL',
    'The dead-letter queue of callbacks that could not be forwarded',
  ),
  bodiesBucket: matching(
    'BODIES_BUCKET',
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    'a bucket name',
    'The S3 bucket of callback bodies that are too large for a message',
  ),
  eventBusName: matching('EVENT_BUS_NAME', /^[\w./-]{1,256}$/, 'the name of a bus', 'The EventBridge bus'),
  forwardToLoopback: word(
    'FORWARD_TO_LOOPBACK',
    'REFUSE',
    ['REFUSE', 'ALLOW'],
    'ALLOW lets callbacks be forwarded to 127.0.0.1, for trying things out on one machine',
  ),
  sealingPublicKey: text<PublicJwk>(
    {
      name: 'SEALING_PUBLIC_KEY',
      meaning: 'What tokens are sealed with (npm run sealing-key makes one)',
      allowed: 'a public P-256 JWK with a kid, as JSON',
      placeholder: { kty: 'EC', crv: 'P-256', x: '', y: '', kid: '' },
    },
    parsePublicJwk,
  ),
  sealingKeyring: text<readonly PrivateJwk[]>(
    {
      name: 'SEALING_KEYRING',
      meaning: 'What opens the sealed tokens, on one machine',
      allowed: `${keyringForm}, as JSON`,
      placeholder: [],
    },
    parseKeyring,
  ),
  sealingKeyringSecretId: matching(
    'SEALING_KEYRING_SECRET_ID',
    /./,
    'the ARN or the name of a secret',
    'The secret in Secrets Manager that holds the keyring',
  ),
  metricsStage: matching(
    'METRICS_STAGE',
    /^[\w-]{1,64}$/,
    'a stage name',
    'The stage that metrics are counted for; empty: none are written',
  ),
  region: matching(
    'AWS_REGION',
    /^[a-z]{2}(-[a-z]+)+-\d+$/,
    'a region name',
    'The AWS region (set by Lambda)',
  ),
} as const;

/** All of the functions' settings, for help texts. */
export const settings: readonly Omit<Setting<unknown>, 'parse'>[] = [
  ...Object.values(userSettings),
  ...Object.values(wiringSettings),
];

function queue(name: string, meaning: string): Setting<string> {
  return text({ name, meaning, allowed: 'an http or https URL', placeholder: 'http://127.0.0.1' }, (url) =>
    isHttp(URL.parse(url)) ? url : undefined,
  );
}

function matching(name: string, form: RegExp, allowed: string, meaning: string): Setting<string> {
  return text({ name, meaning, allowed, placeholder: '' }, (value) => (form.test(value) ? value : undefined));
}
