import { createRecentRooms } from '../lib/app/hear-room.ts';
import { seldom } from '../lib/app/process-callback.ts';
import { createSavedRooms } from '../lib/app/saved-rooms.ts';
import { createAcceptedTokens } from '../lib/dynamodb/accepted-tokens.ts';
import { createBodyParts } from '../lib/dynamodb/body-parts.ts';
import { createCallbackStore } from '../lib/dynamodb/callback-store.ts';
import { createChatroomStore } from '../lib/dynamodb/chatroom-store.ts';
import { createDynamoDbClient } from '../lib/dynamodb/client.ts';
import { createRecordStore } from '../lib/dynamodb/record-store.ts';
import { createSnapshotStore } from '../lib/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/dynamodb/subscription-store.ts';
import { createGeweAccount } from '../lib/gewe/account.ts';
import { parseCallback } from '../lib/gewe/callback-wire.ts';
import { createRooms } from '../lib/gewe/rooms.ts';
import { createTargetCheck } from '../lib/relay/target.ts';
import { createBodyOpener, createBodySealer } from '../lib/runtime/body-sealing.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/runtime/config.ts';
import { newDeliveryId, newNonce, newSalt } from '../lib/runtime/random.ts';
import { createOpener } from '../lib/runtime/sealing.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { createCallbackQueue, createRelayQueue } from '../lib/sqs/callback-queues.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { keyringFrom, locationFrom, queueFrom, receiptsFrom, tableFrom } from './compose-shared.ts';

// Joins the adapters of the functions that take GeWe's callbacks.

/** Asks GeWe whether it accepts a token, and tells it the URL. */
export function composeCallbackKeeper(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const allowLoopback = read(wiringSettings.forwardToLoopback) === 'ALLOW';
    const ports = {
      callbacks: createCallbackStore(table),
      tokens: createAcceptedTokens(table, clock),
      account: createGeweAccount({ baseUrl: read(userSettings.geweBaseUrl) }),
      targets: createTargetCheck({ allowLoopback }),
      clock,
      newSalt,
    };
    const publicBaseUrl = read.optional(userSettings.publicBaseUrl);
    return { ports, ...callersFrom(read), publicBaseUrl, report: reportFrom(read) };
  });
}

/** One attempt of a call, of three: GeWe waits for three seconds in all. */
const receiverTimeoutMs = 1_000;

/** Can seal a body, and not open one. */
export function composeReceiver(env: Env) {
  return readConfig(env, (read) => {
    const client = createDynamoDbClient(locationFrom(read), receiverTimeoutMs);
    const table = { client, name: read(wiringSettings.tableName) };
    const sqs = createSqsClient(locationFrom(read), receiverTimeoutMs);
    const ports = {
      callbacks: createCallbackStore(table),
      sealer: createBodySealer(read(wiringSettings.sealingPublicKey)),
      parts: createBodyParts(table, clock),
      queue: createCallbackQueue(sqs, read(wiringSettings.callbackQueueUrl)),
      clock,
      newDeliveryId,
    };
    return { ports, report: reportFrom(read) };
  });
}

/** Opens bodies and tokens, and asks GeWe about chatrooms. */
export function composeProcessor(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, watcher } = reportFrom(read);
    const keyOf = keyringFrom(read);
    const sqs = createSqsClient(locationFrom(read));
    const records = createRecordStore(table, newNonce);
    const snapshots = createSnapshotStore(table);
    const ports = {
      records,
      subscriptions: createSubscriptionStore(table),
      chatrooms: createChatroomStore(table, newNonce, clock),
      savedRooms: createSavedRooms({ records, snapshots }),
      recentRooms: createRecentRooms(),
      noteReceived: seldom(createCallbackStore(table).noteReceived),
      parts: createBodyParts(table, clock),
      bodies: createBodyOpener(keyOf),
      opener: createOpener(keyOf),
      parse: parseCallback,
      queue: queueFrom(read),
      callbackQueue: createCallbackQueue(sqs, read(wiringSettings.callbackQueueUrl)),
      relay: createRelayQueue(sqs, read(wiringSettings.relayQueueUrl)),
      rooms: createRooms({ baseUrl: read(userSettings.geweBaseUrl) }),
      chatroomIntervalMs: read(userSettings.chatroomInterval),
      clock,
      policy: policyFrom(read),
      watcher,
    };
    return { ports, receiptOf: receiptsFrom(read, wiringSettings.callbackQueueUrl), log };
  });
}

/** Only reads. */
export function composeRoomReader(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      snapshots: createSnapshotStore(table),
      chatrooms: createChatroomStore(table, newNonce, clock),
    };
    return { ports, ...callersFrom(read), report: reportFrom(read) };
  });
}
