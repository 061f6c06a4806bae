import { relative } from 'node:path';
import { localAws } from './local-aws.ts';
import type { SealingKeys } from './sealing-keys.ts';
import type { ServerlessConfig } from './serverless-config.ts';
import type { LocalSettings } from './settings.ts';
import type { LocalSqs } from './sqs.ts';

/** The environment of serverless-offline and of the functions, which take theirs from it through `serverless.yml`. */
export function functionsEnvironment(given: {
  /** The repository. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: LocalSettings;
  readonly config: ServerlessConfig;
  readonly keys: SealingKeys;
  readonly geweUrl: string;
  readonly dynamoDbUrl: string;
  readonly sqs: LocalSqs;
  readonly eventsUrl: string;
}): NodeJS.ProcessEnv {
  const { root, env, settings, config, keys, sqs } = given;
  // The functions must not meet the machine's own AWS account by mistake.
  const withoutAws = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
  const queueUrls = config.queues.map(({ resource, name }) => [resource, sqs.queueUrl(name)] as const);
  return {
    ...withoutAws,
    GEWE_BASE_URL: given.geweUrl,
    PUBLIC_BASE_URL: settings.publicBaseUrl ?? `http://127.0.0.1:${settings.ports.api.port}`,
    SEALING_PUBLIC_KEY: keys.publicKey,
    SEALING_KEYRING: keys.keyring,
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: given.dynamoDbUrl,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: given.eventsUrl,
    // What `!Ref` gives on AWS (offline-plugin.cjs).
    LOCAL_RESOURCES: JSON.stringify({
      ContactsTable: config.tableName,
      [config.bus.resource]: config.bus.name,
      ...Object.fromEntries(queueUrls),
    }),
    // A line for each would be more than the log itself: metrics are for those who ask (docs/operations.md).
    METRICS_STAGE: env.METRICS_STAGE ?? '',
    LOCAL_BUNDLE_DIR: relative(root, `${settings.dataDir}/bundle`),
    // serverless-offline tells four lines of every request; ours is one.
    SLS_LOG_LEVEL: 'warning',
  };
}
