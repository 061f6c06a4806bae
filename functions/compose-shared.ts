import { createDynamoDbClient } from '../lib/dynamodb/client.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { createEventBridgeClient } from '../lib/eventbridge/client.ts';
import { createEventBus } from '../lib/eventbridge/event-bus.ts';
import { keyringSourceFrom, type SettingsReader } from '../lib/runtime/config.ts';
import { cachedKeyring, type Keyring, keyringOf, secretText } from '../lib/runtime/keyring.ts';
import type { Setting } from '../lib/runtime/setting-kinds.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { createReceipt } from '../lib/sqs/receipt.ts';
import { createRefreshQueue } from '../lib/sqs/refresh-queue.ts';
import { clock } from './compose-report.ts';

// What the functions' compositions have in common, each made from the settings that it reads.

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
