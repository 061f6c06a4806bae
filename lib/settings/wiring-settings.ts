import {
  keyringForm,
  type PrivateJwk,
  type PublicJwk,
  parseKeyring,
  parsePublicJwk,
} from '../sealing/jwk.ts';
import { isHttp, type Setting, text, word } from './setting-kinds.ts';
import { userSettings } from './user-settings.ts';

/** What joins the parts; set by `serverless.yml` and by the local stack, not by users. */
export const wiringSettings = {
  tableName: text(
    { name: 'TABLE_NAME', meaning: 'The DynamoDB table', allowed: 'a table name', placeholder: '' },
    (name) => (/^[\w.-]{3,255}$/.test(name) ? name : undefined),
  ),
  queueUrl: queue('QUEUE_URL', 'The refresh queue'),
  deadLetterQueueUrl: queue('DEAD_LETTER_QUEUE_URL', 'The dead-letter queue of the refresh queue'),
  callbackQueueUrl: queue('CALLBACK_QUEUE_URL', 'The queue of callbacks, and of the calls they lead to'),
  forwardQueueUrl: queue('FORWARD_QUEUE_URL', 'The queue of callbacks to be forwarded'),
  forwardDeadLetterQueueUrl: queue(
    'FORWARD_DEAD_LETTER_QUEUE_URL',
    'The dead-letter queue of callbacks that could not be forwarded',
  ),
  eventBusName: text(
    { name: 'EVENT_BUS_NAME', meaning: 'The EventBridge bus', allowed: 'the name of a bus', placeholder: '' },
    (name) => (/^[\w./-]{1,256}$/.test(name) ? name : undefined),
  ),
  forwardToLoopback: word(
    {
      name: 'FORWARD_TO_LOOPBACK',
      fallback: 'REFUSE',
      meaning: 'ALLOW lets callbacks be forwarded to 127.0.0.1, for trying things out on one machine',
    },
    ['REFUSE', 'ALLOW'],
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
  sealingKeyringSecretId: text(
    {
      name: 'SEALING_KEYRING_SECRET_ID',
      meaning: 'The secret in Secrets Manager that holds the keyring',
      allowed: 'the ARN or the name of a secret',
      placeholder: '',
    },
    (id) => id,
  ),
  metricsStage: text(
    {
      name: 'METRICS_STAGE',
      meaning: 'The stage that metrics are counted for; empty: none are written',
      allowed: 'a stage name',
      placeholder: '',
    },
    (stage) => (/^[\w-]{1,64}$/.test(stage) ? stage : undefined),
  ),
  region: text(
    {
      name: 'AWS_REGION',
      meaning: 'The AWS region (set by Lambda)',
      allowed: 'a region name',
      placeholder: '',
    },
    (region) => (/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region) ? region : undefined),
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
