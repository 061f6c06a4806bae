import type { Table } from '../lib/aws/dynamodb/table.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createEventBridgeClient, createEventBus } from '../lib/aws/eventbridge/event-bus.ts';
import { createMessageHandle, createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue } from '../lib/aws/sqs/queues.ts';
import { cachedKeyring, type Keyring, keyringOf, secretText } from '../lib/sealing/keyring.ts';
import { keyringSourceFrom, type SettingsReader } from '../lib/settings/read-settings.ts';
import type { Setting } from '../lib/settings/setting-kinds.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
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

export function handlesFrom(read: SettingsReader, queue: Setting<string>) {
  const client = createSqsClient(locationFrom(read));
  const queueUrl = read(queue);
  return (receiptHandle: string) => createMessageHandle(client, queueUrl, receiptHandle);
}
