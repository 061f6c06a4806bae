import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import type { Console } from './console.ts';
import { lockData } from './data-lock.ts';
import { createTable, startDynamoDb } from './dynamodb.ts';
import { createDispatcher } from './event-rules.ts';
import { startEventBridge } from './eventbridge.ts';
import { type Invoke, loadFunctions } from './functions.ts';
import { bodiesBucket, functionsEnvironment } from './functions-environment.ts';
import { startGateway } from './gateway.ts';
import type { Gewe } from './gewe.ts';
import { localAws } from './local-aws.ts';
import { localSealingKeys } from './sealing-keys.ts';
import { readServerlessConfig } from './serverless-config.ts';
import type { LocalSettings } from './settings.ts';
import { startSqs } from './sqs.ts';
import { startPollers, startSchedules } from './triggers.ts';

export interface StackOptions {
  /** The repository. */
  readonly root: string;
  readonly settings: LocalSettings;
  readonly gewe: Gewe;
  readonly console: Console;
}

/** Ends one part. */
export type Closer = () => Promise<unknown>;

/**
 * Starts all parts, each after those it needs, and says a line of each that is up. The functions run in this process, whose
 * environment is set for them. `closers` gets the way to end a part as soon as it runs, so that a start that fails half-way
 * can be undone; run them from the last to the first.
 */
export async function startStack(options: StackOptions, closers: Closer[]): Promise<void> {
  const { root, settings, gewe, console } = options;
  const { dataDir, ports, host } = settings;
  const config = readServerlessConfig(join(root, 'serverless.yml'));
  const { functions, queues, tableName } = config;
  const up = (part: string, where: string) => console.say(`  ${part.padEnd(11)}  ${where}`);

  const lock = await lockData(dataDir);
  closers.push(lock.release);
  // Nothing else takes as long to load.
  const geweStarted = gewe.start().then(({ close }) => {
    closers.push(close);
    up('GeWe', `${gewe.url} (${gewe.who})`);
  });
  // A fault is told when it is awaited.
  geweStarted.catch(() => undefined);

  const earlier = join(dataDir, 'dynamodb');
  if (existsSync(earlier)) console.say(`  ${earlier} is of an earlier version and no longer used: delete it`);
  const dynamoDb = await startDynamoDb({ path: join(dataDir, 'table'), port: ports.dynamoDb.port });
  closers.push(dynamoDb.close);
  const client = createDynamoDbClient({ ...localAws, endpoint: dynamoDb.url });
  await createTable(client, tableName);
  client.destroy();
  up('DynamoDB', `${dynamoDb.url} (dynalite; data in ${dataDir})`);

  const path = join(dataDir, 'sqs');
  const sqs = await startSqs({ port: ports.sqs.port, path, queues, buckets: [bodiesBucket] });
  closers.push(sqs.close);
  up('SQS, S3', `${sqs.url} (fauxqs${sqs.kept > 0 ? `; messages of an earlier run: ${sqs.kept}` : ''})`);

  let loaded: Invoke | undefined;
  const invoke = console.watching(async (called, event) => {
    if (loaded) return loaded(called, event);
    return { kind: 'crashed', reason: 'the functions are not loaded yet' };
  });
  const log = (line: string) => console.say(console.named(line));
  const dispatch = createDispatcher({ functions, invoke, log: (line) => log(`event: ${line}`) });
  const bus = await startEventBridge({
    port: ports.events.port,
    busName: config.bus.name,
    onEvent: (event) => void dispatch(event),
    log: (line) => log(`event: ${line}`),
  });
  closers.push(bus.close);
  up('EventBridge', `${bus.url} (the schedule runs every minute)`);

  const keys = await localSealingKeys(join(dataDir, 'sealing-key.json'));
  const publicBaseUrl = settings.publicBaseUrl ?? `http://127.0.0.1:${ports.api.port}`;
  const places = { geweUrl: gewe.url, dynamoDbUrl: dynamoDb.url, eventsUrl: bus.url, publicBaseUrl };
  // The functions must not meet the machine's own AWS account by mistake.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, functionsEnvironment({ config, tableName, keys, sqs, ...places }));
  loaded = await loadFunctions(functions);
  await geweStarted;
  closers.push(startPollers({ functions, sqs, invoke, log }).stop);
  const schedules = startSchedules({ functions, invoke, log });
  closers.push(async () => schedules.stop());

  const gateway = await startGateway({
    functions,
    invoke,
    watch: console.gateway,
    port: ports.api.port,
    host,
  });
  closers.push(gateway.close);
  up('API', `http://${host}:${gateway.port} (${functions.length} functions, in this process)`);
}
