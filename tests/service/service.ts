import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parse } from 'yaml';
import { createDynamoDbClient } from '../../lib/dynamodb/client.ts';
import type { ScenarioName } from '../../mocks/gewe/scenarios.ts';
import { type RunningGeweMock, startGeweMock } from '../../mocks/gewe/serve.ts';
import { createTable, startDynamoDb } from '../../mocks/local-stack/dynamodb.ts';
import { startPoller } from '../../mocks/local-stack/poller.ts';
import { localSealingKeys } from '../../mocks/local-stack/sealing-keys.ts';
import { startSqs } from '../../mocks/local-stack/sqs.ts';
import { listCallsOf, quickSettings, type Target } from '../acceptance/target.ts';
import { contextOf, type HttpFunction, startGateway } from './gateway.ts';

/** A test that is about one of them sets it. */
const quick = {
  ...quickSettings,
  GEWE_LIST_TIMEOUT_S: '5',
  GEWE_CACHE_WINDOW_S: '5',
  DEFAULT_WAIT_S: '20',
  LOG_LEVEL: 'INFO',
};

export const location = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};
export const tableName = 'gewe-contacts-test';

export interface Service {
  /** Where the functions answer. */
  readonly url: string;
  readonly gewe: RunningGeweMock;
  /** For the acceptance suites. */
  readonly target: Target;
  readonly dynamoDbUrl: string;
  readonly sqsUrl: string;
  /** Every body that went into a queue's function. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

type QueueFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The whole service in this process: the functions as they are deployed, behind the real protocols of the store,
 * the queue and GeWe. Its functions read the environment when they are loaded: one service a test file.
 */
export async function startService(
  options: { scenario?: ScenarioName; seconds?: number; env?: Record<string, string> } = {},
): Promise<Service> {
  const { scenario = 'normal', seconds = 1 } = options;
  const gewe = await startGeweMock({ scenario, seconds, port: 0 });
  const dynamoDb = await startDynamoDb({});
  const client = createDynamoDbClient({ ...location, endpoint: dynamoDb.url });
  await createTable(client, tableName);
  client.destroy();
  const queue = { name: 'refresh', visibilityTimeoutS: 1, maxReceiveCount: 3, deadLetterName: 'dead' };
  const sqs = await startSqs({ queues: [queue, { name: 'dead', visibilityTimeoutS: 1 }] });
  const keysDir = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
  const keys = await localSealingKeys(join(keysDir, 'key.json'));
  Object.assign(process.env, quick, options.env, {
    TABLE_NAME: tableName,
    QUEUE_URL: sqs.queueUrl('refresh'),
    DEAD_LETTER_QUEUE_URL: sqs.queueUrl('dead'),
    SEALING_PUBLIC_KEY: keys.publicKey,
    SEALING_KEYRING: options.env?.SEALING_KEYRING ?? keys.keyring,
    GEWE_BASE_URL: options.env?.GEWE_BASE_URL ?? gewe.url,
    AWS_REGION: location.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
  });
  const functions = await loadFunctions();
  const gateway = await startGateway(functions.http);
  const sqsClient = new SQSClient({ ...location, endpoint: sqs.url, maxAttempts: 1 });
  const messages: string[] = [];
  const poll = (name: string, serve: QueueFunction) =>
    startPoller({
      client: sqsClient,
      queueName: name,
      queueUrl: sqs.queueUrl(name),
      concurrency: 5,
      invoke: async (event) => {
        messages.push(...event.Records.map(({ body }) => body));
        try {
          return { kind: 'answered', payload: await serve(event, contextOf(300_000)) };
        } catch (error) {
          return { kind: 'crashed', reason: String(error) };
        }
      },
      log: () => undefined,
    });
  const pollers = [poll('refresh', functions.fetchContacts), poll('dead', functions.failRefresh)];
  return {
    url: gateway.url,
    gewe,
    target: {
      url: gateway.url,
      startsAtOnce: 100,
      slowS: 2,
      setScenario: async (name, duration) => gewe.mock.setScenario(name, duration),
      listCallsOf: async (appId) => listCallsOf(gewe.mock.state.told(), appId),
    },
    dynamoDbUrl: dynamoDb.url,
    sqsUrl: sqs.url,
    messages,
    async close() {
      await gateway.close();
      await Promise.all(pollers.map((poller) => poller.stop()));
      sqsClient.destroy();
      await gewe.close();
      await sqs.close();
      await dynamoDb.close();
      rmSync(keysDir, { recursive: true });
    },
  };
}

/** The functions by the routes that `serverless.yml` gives them. */
async function loadFunctions() {
  const modules: Record<string, { readonly handler: HttpFunction }> = {
    'start-refresh': await import('../../functions/start-refresh.ts'),
    'get-contacts': await import('../../functions/get-contacts.ts'),
    'get-refresh': await import('../../functions/get-refresh.ts'),
    'get-changes': await import('../../functions/get-changes.ts'),
    'delete-device': await import('../../functions/delete-device.ts'),
    'not-found': await import('../../functions/not-found.ts'),
  };
  const { handler: fetchContacts } = await import('../../functions/fetch-contacts.ts');
  const { handler: failRefresh } = await import('../../functions/fail-refresh.ts');
  const text = readFileSync(join(import.meta.dirname, '../../serverless.yml'), 'utf8');
  const deployed: { functions: Record<string, { events: { httpApi?: string }[] }> } = parse(text, {
    merge: true,
    logLevel: 'error',
  });
  const byRoute = new Map<string, HttpFunction>();
  for (const [name, { events }] of Object.entries(deployed.functions)) {
    for (const { httpApi } of events) {
      const found = modules[name];
      if (httpApi && found) byRoute.set(httpApi === '*' ? '$default' : httpApi, found.handler);
    }
  }
  const http = (routeKey: string): HttpFunction => {
    const found = byRoute.get(routeKey);
    if (found === undefined) throw new Error(`serverless.yml has no function for ${routeKey}`);
    return found;
  };
  return { http, fetchContacts, failRefresh };
}
