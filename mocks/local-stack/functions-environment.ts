import { localAws } from './local-aws.ts';
import type { SealingKeys } from './sealing-keys.ts';
import type { ServerlessConfig } from './serverless-config.ts';
import type { LocalSqs } from './sqs.ts';

/** Where the parts are that the functions need. */
export interface Places {
  readonly config: ServerlessConfig;
  readonly tableName: string;
  readonly keys: SealingKeys;
  readonly geweUrl: string;
  readonly publicBaseUrl: string;
  readonly dynamoDbUrl: string;
  /** S3, too. */
  readonly sqs: LocalSqs;
  readonly eventsUrl: string;
}

/** On AWS, CloudFormation gives the bucket a name. */
export const bodiesBucket = 'gewe-contacts-bodies';

/**
 * What joins the functions with the parts of a stack on this machine, in place of what CloudFormation resolves in
 * `serverless.yml`. All functions read the same names, so that one environment is enough for all of them.
 */
export function functionsEnvironment({ config, keys, sqs, ...places }: Places): Record<string, string> {
  const queueUrl = (resource: string) => {
    const queue = config.queues.find((known) => known.resource === resource);
    return sqs.queueUrl(queue?.name ?? resource);
  };
  return {
    TABLE_NAME: places.tableName,
    QUEUE_URL: queueUrl('RefreshQueue'),
    SCHEDULE_QUEUE_URL: queueUrl('ScheduleQueue'),
    LIST_CALLS_PER_RUN: String(config.listCalls.perRun),
    LIST_CALL_RUNS: String(config.listCalls.runs),
    DEAD_LETTER_QUEUE_URL: queueUrl('DeadLetterQueue'),
    CALLBACK_QUEUE_URL: queueUrl('CallbackQueue'),
    FORWARD_QUEUE_URL: queueUrl('ForwardQueue'),
    FORWARD_DEAD_LETTER_QUEUE_URL: queueUrl('ForwardDeadLetterQueue'),
    BODIES_BUCKET: bodiesBucket,
    EVENT_BUS_NAME: config.bus.name,
    GEWE_BASE_URL: places.geweUrl,
    PUBLIC_BASE_URL: places.publicBaseUrl,
    SEALING_PUBLIC_KEY: keys.publicKey,
    SEALING_KEYRING: keys.keyring,
    // The SDK passes an invocation's trace header on only where it finds a function's name, as on Lambda.
    AWS_LAMBDA_FUNCTION_NAME: 'gewe-contacts-local',
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: places.dynamoDbUrl,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_S3: sqs.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: places.eventsUrl,
  };
}
