import { join } from 'node:path';
import { createDispatcher } from './event-rules.ts';
import { startEventBridge } from './eventbridge.ts';
import { functionsEnvironment } from './functions-environment.ts';
import type { Gewe } from './gewe.ts';
import { invokeFunction } from './invoke.ts';
import { startOffline } from './offline-child.ts';
import { localSealingKeys } from './sealing-keys.ts';
import { readServerlessConfig } from './serverless-config.ts';
import type { LocalSettings } from './settings.ts';
import { startSqs } from './sqs.ts';
import { startStorage } from './storage.ts';
import { type Invoke, startPollers, startSchedules } from './triggers.ts';

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

/**
 * Starts all parts, each after those it needs. `closers` gets the way to end a part as soon as it runs, so that a
 * start that fails half-way can be undone; run them from the last to the first.
 */
export async function startStack(options: StackOptions, closers: Closer[]): Promise<void> {
  const { root, env, settings, gewe, log, onGivenUp } = options;
  const { dataDir, ports } = settings;
  const config = readServerlessConfig(join(root, 'serverless.yml'));
  const { functions, queues } = config;

  const storage = await startStorage(dataDir, ports.dynamoDb.port, config.tableName);
  closers.push(storage.close);
  if (storage.unfinished > 0) {
    log(`Unfinished refreshes of an earlier run: ${storage.unfinished}. The next start of each takes it up.`);
  }

  const sqs = await startSqs({ port: ports.sqs.port, queues });
  closers.push(sqs.close);

  const invoke: Invoke = ({ name }, event) => invokeFunction(ports.lambda.port, name, event);
  const events = await startEvents();
  closers.push(events.close);

  const keys = await localSealingKeys(join(dataDir, 'sealing-key.json'));
  const places = { geweUrl: gewe.url, dynamoDbUrl: storage.url, sqs, eventsUrl: events.url };
  const offline = startOffline({
    root,
    apiPort: ports.api.port,
    lambdaPort: ports.lambda.port,
    env: functionsEnvironment({ root, env, settings, config, keys, ...places }),
    log: (line) => log(`functions | ${line}`),
    onGivenUp,
  });
  closers.push(offline.stop);
  // The two that take long; neither needs the other to start.
  await Promise.all([gewe.start().then(({ close }) => closers.push(close)), offline.ready]);

  closers.push(startPollers({ functions, sqs, invoke, log }).stop);
  const schedules = startSchedules({ functions, invoke, log });
  closers.push(async () => schedules.stop());

  function startEvents() {
    const tell = (line: string) => log(`events | ${line}`);
    const dispatch = createDispatcher({ functions, invoke, log: tell });
    return startEventBridge({
      port: ports.events.port,
      busName: config.bus.name,
      onEvent: (event) => void dispatch(event),
      log: tell,
    });
  }
}
