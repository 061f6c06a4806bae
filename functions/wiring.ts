import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Table } from '../lib/aws/dynamodb/table.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createEventBridgeClient, createEventBus } from '../lib/aws/eventbridge/event-bus.ts';
import { createBodyStore } from '../lib/aws/s3/body-store.ts';
import { secretText } from '../lib/aws/secrets-manager.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue, createScheduleQueue } from '../lib/aws/sqs/queues.ts';
import { createSourceQueue, type SourceQueue } from '../lib/aws/sqs/source-queue.ts';
import type { BodyStore } from '../lib/callbacks/ports.ts';
import type { EventBus, RefreshQueue, ScheduleQueue } from '../lib/device/ports.ts';
import { cachedKeyring, type Keyring, keyringOf } from '../lib/sealing/keyring.ts';
import { keyringSourceFrom, type SettingsReader } from '../lib/settings/read-settings.ts';
import type { Setting } from '../lib/settings/setting-kinds.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock } from '../lib/system/clock.ts';

// What several functions are made of, each made from the settings that it reads. A function names what it needs, and the bundler
// drops the rest; a fault in the environment shows when the function starts. pass-through.ts must not import this file (see there).

/** `timeoutMs`: of one attempt of a call; that of the client unless a function says otherwise. */
export function tableFrom(read: SettingsReader, timeoutMs?: number): Table {
  return {
    client: createDynamoDbClient(locationFrom(read), timeoutMs),
    name: read(wiringSettings.tableName),
  };
}

/** `timeoutMs`: as for `tableFrom`. */
export function bodyStoreFrom(read: SettingsReader, timeoutMs?: number): BodyStore {
  const name = read(wiringSettings.bodiesBucket);
  return createBodyStore({
    name,
    location: locationFrom(read),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** For all queues of a function: a client of its own for each would open connections of its own. `timeoutMs`: as for `tableFrom`. */
export function sqsFrom(read: SettingsReader, timeoutMs?: number): SQSClient {
  return createSqsClient(locationFrom(read), timeoutMs);
}

export function refreshQueueFrom(read: SettingsReader, sqs: SQSClient): RefreshQueue {
  return createRefreshQueue(sqs, read(wiringSettings.queueUrl));
}

export function scheduleQueueFrom(read: SettingsReader, sqs: SQSClient): ScheduleQueue {
  return createScheduleQueue(sqs, read(wiringSettings.scheduleQueueUrl));
}

export function eventBusFrom(read: SettingsReader): EventBus {
  return createEventBus(createEventBridgeClient(locationFrom(read)), read(wiringSettings.eventBusName));
}

/** Only for the functions that may read private keys. */
export function keyringFrom(read: SettingsReader): Keyring {
  const source = keyringSourceFrom(read);
  if ('keys' in source) return keyringOf(source.keys);
  return cachedKeyring(secretText(locationFrom(read), source.secretId), systemClock);
}

/** A run of a function that gets its messages one by one, and takes no others. */
export const oneAtATime = { slots: 1, graceMs: 1_000, leastBudgetMs: 60_000, clock: systemClock };

/** A queue that a function takes messages from. */
export function sourceFrom(read: SettingsReader, sqs: SQSClient, queue: Setting<string>): SourceQueue {
  return createSourceQueue(sqs, read(queue));
}

function locationFrom(read: SettingsReader) {
  return { region: read(wiringSettings.region) };
}
