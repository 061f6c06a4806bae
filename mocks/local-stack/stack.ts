import { join, relative } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Gewe } from './gewe.ts';
import { invokeFunction } from './invoke.ts';
import { localAws } from './local-aws.ts';
import { startOffline } from './offline-child.ts';
import { startPoller } from './poller.ts';
import { localSealingKeys, type SealingKeys } from './sealing-keys.ts';
import { readServerlessConfig, type ServerlessConfig } from './serverless-config.ts';
import type { LocalSettings } from './settings.ts';
import { startSqs } from './sqs.ts';
import { startStorage } from './storage.ts';

export interface StackOptions {
  /** The repository. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: LocalSettings;
  readonly gewe: Gewe;
  readonly log: (line: string) => void;
  /** The functions cannot be kept running. */
  readonly onGivenUp: () => void;
}

/** Ends one part. */
export type Closer = () => Promise<unknown>;

/** The addresses of what runs here in the place of AWS. */
interface Services {
  readonly dynamoDbUrl: string;
  readonly sqsUrl: string;
  readonly refreshQueueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/**
 * Starts all parts, each after those it needs. `closers` gets the way to end a part as soon as it runs, so that a
 * start that fails half-way can be undone; run them from the last to the first.
 */
export async function startStack(options: StackOptions, closers: Closer[]): Promise<void> {
  const { root, settings, gewe, log, onGivenUp } = options;
  const { dataDir, ports } = settings;
  const config = readServerlessConfig(join(root, 'serverless.yml'));

  const storage = await startStorage(dataDir, ports.dynamoDb.port, config.tableName);
  closers.push(storage.close);
  if (storage.unfinished > 0) {
    log(`Unfinished refreshes of an earlier run: ${storage.unfinished}. The next start of each takes it up.`);
  }

  const queues = [
    { ...config.refreshQueue, deadLetterName: config.deadLetterQueue.name },
    config.deadLetterQueue,
  ];
  const sqs = await startSqs({ port: ports.sqs.port, queues });
  closers.push(sqs.close);
  const services: Services = {
    dynamoDbUrl: storage.url,
    sqsUrl: sqs.url,
    refreshQueueUrl: sqs.queueUrl(config.refreshQueue.name),
    deadLetterQueueUrl: sqs.queueUrl(config.deadLetterQueue.name),
  };

  const keys = await localSealingKeys(join(dataDir, 'sealing-key.json'));
  const offline = startOffline({
    root,
    apiPort: ports.api.port,
    lambdaPort: ports.lambda.port,
    env: functionsEnvironment(options, config, services, keys),
    log: (line) => log(`functions | ${line}`),
    onGivenUp,
  });
  closers.push(offline.stop);
  // The two that take long; neither needs the other to start.
  await Promise.all([gewe.start().then(({ close }) => closers.push(close)), offline.ready]);

  closers.push(startPollers(options, config, services));
}

/** The environment of serverless-offline and of the functions, which take theirs from it through `serverless.yml`. */
function functionsEnvironment(
  { root, env, settings, gewe }: StackOptions,
  { tableName }: ServerlessConfig,
  services: Services,
  keys: SealingKeys,
): NodeJS.ProcessEnv {
  // The functions must not meet the machine's own AWS account by mistake.
  const withoutAws = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...withoutAws,
    GEWE_BASE_URL: gewe.url,
    SEALING_PUBLIC_KEY: keys.publicKey,
    SEALING_KEYRING: keys.keyring,
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: services.dynamoDbUrl,
    AWS_ENDPOINT_URL_SQS: services.sqsUrl,
    // What `!Ref` gives on AWS (offline-plugin.cjs).
    LOCAL_RESOURCES: JSON.stringify({
      ContactsTable: tableName,
      RefreshQueue: services.refreshQueueUrl,
      DeadLetterQueue: services.deadLetterQueueUrl,
    }),
    // A line for each would be more than the log itself: metrics are for those who ask (docs/operations.md).
    METRICS_STAGE: env.METRICS_STAGE ?? '',
    LOCAL_BUNDLE_DIR: relative(root, join(settings.dataDir, 'bundle')),
    // serverless-offline tells four lines of every request; ours is one.
    SLS_LOG_LEVEL: 'warning',
  };
}

function startPollers(
  { settings, log }: StackOptions,
  config: ServerlessConfig,
  { sqsUrl, refreshQueueUrl, deadLetterQueueUrl }: Services,
): Closer {
  const client = new SQSClient({ ...localAws, endpoint: sqsUrl, maxAttempts: 1 });
  const invoker = (key: string) => (event: object) =>
    invokeFunction(settings.ports.lambda.port, config.functionName(key), event);
  const pollers = [
    startPoller({
      client,
      queueName: config.refreshQueue.name,
      queueUrl: refreshQueueUrl,
      concurrency: config.workerConcurrency,
      invoke: invoker('fetch-contacts'),
      log,
    }),
    startPoller({
      client,
      queueName: config.deadLetterQueue.name,
      queueUrl: deadLetterQueueUrl,
      concurrency: 1,
      invoke: invoker('fail-refresh'),
      log,
    }),
  ];
  return () => Promise.all(pollers.map((poller) => poller.stop())).then(() => client.destroy());
}
