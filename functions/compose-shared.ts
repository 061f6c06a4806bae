import { createDynamoDbClient } from '../lib/dynamodb/client.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { createEventBridgeClient } from '../lib/eventbridge/client.ts';
import { createEventBus } from '../lib/eventbridge/event-bus.ts';
import { systemClock } from '../lib/runtime/clock.ts';
import { keyringSourceFrom, type SettingsReader } from '../lib/runtime/config.ts';
import { cachedKeyring, type Keyring, keyringOf, secretText } from '../lib/runtime/keyring.ts';
import { createLog } from '../lib/runtime/log.ts';
import { createMetrics } from '../lib/runtime/metrics.ts';
import { createMetricsWatcher } from '../lib/runtime/metrics-watcher.ts';
import type { Setting } from '../lib/runtime/setting-kinds.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { createReceipt } from '../lib/sqs/receipt.ts';
import { createRefreshQueue } from '../lib/sqs/refresh-queue.ts';

// What the functions' compositions have in common, each made from the settings that it reads.

export type Env = Readonly<Record<string, string | undefined>>;

export const clock = systemClock;

/** What is told of the run: to people, and to CloudWatch. */
export function reportFrom(read: SettingsReader) {
  const count = createMetrics(read.optional(wiringSettings.metricsStage), clock.now);
  return { log: createLog(read(userSettings.logLevel)), watcher: createMetricsWatcher(count, clock) };
}

export function locationFrom(read: SettingsReader) {
  return { region: read(wiringSettings.region) };
}

export function tableFrom(read: SettingsReader): Table {
  return { client: createDynamoDbClient(locationFrom(read)), name: read(wiringSettings.tableName) };
}

export function queueFrom(read: SettingsReader) {
  return createRefreshQueue(createSqsClient(locationFrom(read)), read(wiringSettings.queueUrl));
}

export function eventsFrom(read: SettingsReader) {
  return createEventBus(createEventBridgeClient(locationFrom(read)), read(wiringSettings.eventBusName));
}

/** Only for who may read private keys. */
export function keyringFrom(read: SettingsReader): Keyring {
  const source = keyringSourceFrom(read);
  if ('keys' in source) return keyringOf(source.keys);
  return cachedKeyring(secretText(locationFrom(read), source.secretId), clock);
}

export function receiptsFrom(read: SettingsReader, queue: Setting<string>) {
  const client = createSqsClient(locationFrom(read));
  const queueUrl = read(queue);
  return (receiptHandle: string) => createReceipt(client, queueUrl, receiptHandle);
}
