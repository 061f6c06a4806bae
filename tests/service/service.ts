import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { createEventBridgeClient } from '../../lib/aws/eventbridge/event-bus.ts';
import type { ScenarioName } from '../../mocks/gewe/scenarios.ts';
import { type RunningGeweMock, startGeweMock } from '../../mocks/gewe/serve.ts';
import { createTable, startDynamoDb } from '../../mocks/local-stack/dynamodb.ts';
import { createDispatcher } from '../../mocks/local-stack/event-rules.ts';
import type { BusEvent } from '../../mocks/local-stack/eventbridge.ts';
import { startEventBridge } from '../../mocks/local-stack/eventbridge.ts';
import { type Invoke, loadFunctions } from '../../mocks/local-stack/functions.ts';
import { bodiesBucket, functionsEnvironment } from '../../mocks/local-stack/functions-environment.ts';
import { startGateway } from '../../mocks/local-stack/gateway.ts';
import { scheduledEvent } from '../../mocks/local-stack/schedule.ts';
import { localSealingKeys } from '../../mocks/local-stack/sealing-keys.ts';
import { type QueueConfig, readServerlessConfig } from '../../mocks/local-stack/serverless-config.ts';
import { startSqs } from '../../mocks/local-stack/sqs.ts';
import { startPollers } from '../../mocks/local-stack/triggers.ts';
import { listCallsOf, quickSettings, type Target, toldBy } from '../acceptance/target.ts';

/** A test that is about one of them sets it. */
const quick = {
  ...quickSettings,
  GEWE_LIST_TIMEOUT_S: '5',
  GEWE_CACHE_WINDOW_S: '5',
  DEFAULT_WAIT_S: '20',
  LOG_LEVEL: 'SILENT',
};

export const location = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};
export const tableName = 'gewe-contacts-test';
const serverlessYml = join(import.meta.dirname, '../../serverless.yml');
export const config = readServerlessConfig(serverlessYml);

export interface Service {
  /** Where the functions answer. */
  readonly url: string;
  readonly gewe: RunningGeweMock;
  /** For the acceptance suites. */
  readonly target: Target;
  readonly dynamoDbUrl: string;
  readonly sqsUrl: string;
  /** The URL of a queue by its name in the template, such as `ForwardDeadLetterQueue`. */
  queueUrl(resource: string): string;
  /** EventBridge: where it answers, its bus, and every event that the bus took. */
  readonly bus: { readonly url: string; readonly name: string; readonly events: readonly BusEvent[] };
  /** Every body that went into a queue's function. */
  readonly messages: readonly string[];
  /** What functions threw that queues, events or the schedule had invoked. */
  readonly crashes: readonly string[];
  /** Does what the schedule does each minute; resolves when it has ended. Throws what the function threw. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The whole service in this process: the functions as they are deployed, behind the real protocols of the store, the
 * queues, the bus and GeWe. Its functions read the environment when they are loaded: one service a test file.
 */
export async function startService(
  options: {
    scenario?: ScenarioName;
    seconds?: number;
    env?: Record<string, string>;
    /** Of every queue: after it a message that failed is received again. */
    visibilityTimeoutS?: number;
  } = {},
): Promise<Service> {
  const { scenario = 'normal', seconds = 1, env = {}, visibilityTimeoutS = 1 } = options;
  Object.assign(process.env, env);
  // It says how MAX_LIST_CALLS is spread.
  const config = readServerlessConfig(serverlessYml);
  const gewe = await startGeweMock({ scenario, seconds, port: 0 });
  const dynamoDb = await startDynamoDb({});
  const client = createDynamoDbClient({ ...location, endpoint: dynamoDb.url });
  await createTable(client, tableName);
  client.destroy();
  const sqs = await startSqs({
    queues: config.queues.map(quickly).map((queue) => ({ ...queue, visibilityTimeoutS })),
    buckets: [bodiesBucket],
  });
  const queueUrl = (resource: string) =>
    sqs.queueUrl(config.queues.find((queue) => queue.resource === resource)?.name ?? resource);
  const keysDir = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
  const keys = await localSealingKeys(join(keysDir, 'key.json'));

  // The functions need the address of the gateway, and it needs them.
  let loaded: Invoke | undefined;
  const invokeHttp: Invoke = async (called, event) => {
    if (loaded === undefined) throw new Error('the functions are not loaded yet');
    return loaded(called, event);
  };
  const gateway = await startGateway({ functions: config.functions, invoke: invokeHttp });
  const [messages, crashes, events]: [string[], string[], BusEvent[]] = [[], [], []];
  const invoke: Invoke = async (called, event) => {
    const result = await invokeHttp(called, event);
    if (result.kind === 'crashed') crashes.push(`${called.key}: ${result.reason}`);
    return result;
  };
  const dispatch = createDispatcher({
    functions: config.functions,
    invoke,
    log: () => undefined,
    pauseMs: 100,
  });
  const bus = await startEventBridge({
    busName: config.bus.name,
    onEvent(event) {
      events.push(event);
      void dispatch(event);
    },
    log: () => undefined,
  });

  const places = {
    geweUrl: gewe.url,
    dynamoDbUrl: dynamoDb.url,
    eventsUrl: bus.url,
    publicBaseUrl: gateway.url,
  };
  const wiring = functionsEnvironment({ config, tableName, keys, sqs, ...places });
  Object.assign(process.env, quick, wiring, env);
  loaded = await loadFunctions(config.functions);
  const pollers = startPollers({
    functions: config.functions,
    sqs,
    invoke(called, event) {
      messages.push(...bodiesOf(event));
      return invoke(called, event);
    },
    log: () => undefined,
  });
  return {
    url: gateway.url,
    gewe,
    target: {
      url: gateway.url,
      startsAtOnce: 100,
      slowS: 2,
      setScenario: async (name, duration) => gewe.mock.setScenario(name, duration),
      listCallsOf: async (appId) => listCallsOf(gewe.mock.state.told(), appId),
      putEvent: (type, detail) => putEvent(bus.url, type, detail),
      toldEvents: async () => toldBy(events),
    },
    dynamoDbUrl: dynamoDb.url,
    sqsUrl: sqs.url,
    queueUrl,
    bus: { url: bus.url, name: config.bus.name, events },
    messages,
    crashes,
    async tick() {
      for (const called of config.functions) {
        for (const { name } of called.schedules) {
          const result = await invoke(called, scheduledEvent(name, Date.now()));
          if (result.kind !== 'answered') throw new Error(result.reason);
        }
      }
    },
    async close() {
      await gateway.close();
      await pollers.stop();
      await bus.close();
      await gewe.close();
      await sqs.close();
      await dynamoDb.close();
      rmSync(keysDir, { recursive: true });
    },
  };
}

/** A message that failed is received again after a second; one whose worker crashes three times is a dead letter. */
function quickly(queue: QueueConfig): QueueConfig {
  const isRedriven = queue.maxReceiveCount !== undefined;
  return { ...queue, visibilityTimeoutS: 1, ...(isRedriven && { maxReceiveCount: 3 }) };
}

function bodiesOf(event: object): readonly string[] {
  const { Records: records = [] }: { Records?: { body: string }[] } = event;
  return records.map(({ body }) => body);
}

async function putEvent(endpoint: string, detailType: string, detail: object): Promise<void> {
  const client = createEventBridgeClient({ ...location, endpoint });
  const entry = { EventBusName: config.bus.name, Source: 'acceptance', DetailType: detailType };
  await client.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }));
  client.destroy();
}
