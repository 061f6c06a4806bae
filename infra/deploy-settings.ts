import { readConfig } from '../lib/settings/read-settings.ts';
import { type Setting, text } from '../lib/settings/setting-kinds.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';

/** A text that `serverless.yml` puts into the template as it is: an empty one would not fall back to the default. */
function verbatim(name: string, meaning: string, allowed: string, pattern: RegExp, fallback?: string) {
  return text(
    { name, meaning, allowed, placeholder: '', ...(fallback === undefined ? {} : { fallback }) },
    (value) => (pattern.test(value) ? value : undefined),
  );
}

const count = (max: number) => `a whole number from 1 to ${max}`;

/** AWS::Lambda::EventSourceMapping ScalingConfig. */
const mappingConcurrency = 'a whole number from 2 to 1000';

/** What is chosen for a deployed stack alone. Limits: those of the AWS services, or what makes sense of them. */
export const deploySettings = {
  callbackConcurrency: verbatim(
    'CALLBACK_CONCURRENCY',
    'Runs of process-callback at once',
    mappingConcurrency,
    /^(?:[2-9]|[1-9]\d{1,2}|1000)$/,
    '2',
  ),
  forwardConcurrency: verbatim(
    'FORWARD_CONCURRENCY',
    'Runs of forward-callback at once',
    mappingConcurrency,
    /^(?:[2-9]|[1-9]\d{1,2}|1000)$/,
    '2',
  ),
  apiRateLimit: verbatim(
    'API_RATE_LIMIT',
    'Requests per second that the gateway accepts on average',
    // The account's own quota for a region, unless AWS raised it.
    count(9_999),
    /^[1-9]\d{0,3}$/,
    '50',
  ),
  apiBurstLimit: verbatim(
    'API_BURST_LIMIT',
    'Requests that the gateway accepts at once',
    count(4_999),
    /^(?:[1-9]\d{0,2}|[1-4]\d{3})$/,
    '100',
  ),
  callbackRateLimit: verbatim(
    'CALLBACK_RATE_LIMIT',
    'Callbacks per second that the gateway accepts on average',
    count(9_999),
    /^[1-9]\d{0,3}$/,
    '500',
  ),
  callbackBurstLimit: verbatim(
    'CALLBACK_BURST_LIMIT',
    'Callbacks that the gateway accepts at once',
    count(4_999),
    /^(?:[1-9]\d{0,2}|[1-4]\d{3})$/,
    '1000',
  ),
  waitingConcurrency: verbatim(
    'WAITING_CONCURRENCY',
    'Concurrent executions reserved for start-refresh, as many for get-refresh and for pass-through, which is also their limit',
    count(9_999),
    /^[1-9]\d{0,3}$/,
  ),
  tableEncryption: verbatim(
    'TABLE_ENCRYPTION',
    'Whose key encrypts the table',
    'aws-owned or aws-managed',
    /^aws-(?:owned|managed)$/,
    'aws-owned',
  ),
  architecture: verbatim(
    'LAMBDA_ARCHITECTURE',
    'The processor that the functions run on',
    'arm64 or x86_64',
    /^(?:arm64|x86_64)$/,
    'arm64',
  ),
  customDomain: verbatim(
    'CUSTOM_DOMAIN',
    'Your own domain for the API',
    'a host name in lower case, such as contacts.example.com',
    /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
  ),
  customDomainCertificate: verbatim(
    'CUSTOM_DOMAIN_CERTIFICATE_ARN',
    'Its certificate in ACM, in the region of the stack',
    'the ARN of an ACM certificate',
    /^arn:aws(?:-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  ),
  permissionsBoundary: verbatim(
    'PERMISSIONS_BOUNDARY_ARN',
    'The permissions boundary of every role',
    'the ARN of an IAM policy',
    /^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/,
  ),
  alarmTopic: verbatim(
    'ALARM_TOPIC_ARN',
    'The SNS topic that alarms notify, in the region of the stack',
    'the ARN of an SNS topic',
    /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/,
  ),
} as const;

export interface Demands {
  /** Without a public key to seal with, no refresh could be started. */
  readonly sealingKey: boolean;
  /** To take any token is a decision: `ALLOWED_TOKEN_HASHES` has to be set, be it to nothing. */
  readonly tokenHashes: boolean;
}

/** These go into the template even when they are empty, where the functions or AWS would refuse them. */
const neverEmpty: readonly Setting<unknown>[] = [
  userSettings.geweBaseUrl,
  deploySettings.callbackConcurrency,
  deploySettings.forwardConcurrency,
  deploySettings.apiRateLimit,
  deploySettings.apiBurstLimit,
  deploySettings.callbackRateLimit,
  deploySettings.callbackBurstLimit,
  deploySettings.waitingConcurrency,
  deploySettings.tableEncryption,
  deploySettings.architecture,
];

/** Reads everything that a deploy takes from the environment. Throws `ConfigError`, which names every fault. */
export function checkDeploySettings(env: NodeJS.ProcessEnv, demands: Demands): void {
  const { port: _local, ...functionSettings } = userSettings;
  const { sealingPublicKey } = wiringSettings;
  const { customDomain, customDomainCertificate } = deploySettings;
  readConfig(env, (read) => {
    for (const setting of Object.values(functionSettings)) read.optional<unknown>(setting);
    for (const setting of Object.values(deploySettings)) read.optional(setting);
    for (const { name } of neverEmpty) {
      if (env[name]?.trim() === '') read.fault(`${name} is set to nothing: unset it for its default`);
    }
    if (demands.sealingKey) read(sealingPublicKey);
    else read.optional(sealingPublicKey);
    const { name: hashes } = userSettings.allowedTokenHashes;
    if (demands.tokenHashes && env[hashes] === undefined) {
      read.fault(`${hashes} is not set: to let anyone in, set it to nothing`);
    }
    if (Boolean(env[customDomain.name]) !== Boolean(env[customDomainCertificate.name])) {
      read.fault(`${customDomain.name} and ${customDomainCertificate.name} go together`);
    }
  });
}
