import type { Table } from '../lib/aws/dynamodb/table.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createEventBridgeClient, createEventBus } from '../lib/aws/eventbridge/event-bus.ts';
import { createBodyStore } from '../lib/aws/s3/body-store.ts';
import { secretText } from '../lib/aws/secrets-manager.ts';
import { createMessageHandle, createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue } from '../lib/aws/sqs/queues.ts';
import type { BodyStore } from '../lib/callbacks/ports.ts';
import type { EventBus, MessageHandle, RefreshQueue } from '../lib/device/ports.ts';
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

/** `timeoutMs`: as for `tableFrom`. */
export function sqsFrom(read: SettingsReader, timeoutMs?: number) {
  return createSqsClient(locationFrom(read), timeoutMs);
}

export function refreshQueueFrom(read: SettingsReader): RefreshQueue {
  return createRefreshQueue(sqsFrom(read), read(wiringSettings.queueUrl));
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

/** The messages of the queue that a function serves, by their receipt handles. */
export function handlesFrom(
  read: SettingsReader,
  queue: Setting<string>,
): (receiptHandle: string) => MessageHandle {
  const client = sqsFrom(read);
  const queueUrl = read(queue);
  return (receiptHandle) => createMessageHandle(client, queueUrl, receiptHandle);
}

function locationFrom(read: SettingsReader) {
  return { region: read(wiringSettings.region) };
}
