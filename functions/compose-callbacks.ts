import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createBodyParts } from '../lib/aws/dynamodb/body-parts.ts';
import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createChatroomStore } from '../lib/aws/dynamodb/chatroom-store.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createCallbackQueue, createForwardQueue } from '../lib/aws/sqs/queues.ts';
import { seldom } from '../lib/callbacks/process.ts';
import { createRecentRooms } from '../lib/chatrooms/discover.ts';
import { createSavedRooms } from '../lib/chatrooms/saved-rooms.ts';
import { createGeweAccount } from '../lib/gewe/account.ts';
import { parseCallback } from '../lib/gewe/callback-wire.ts';
import { createRoomInfoClient } from '../lib/gewe/rooms.ts';
import { createBodyOpener, createBodySealer } from '../lib/sealing/body-sealing.ts';
import { createOpener } from '../lib/sealing/token-sealing.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { newDeliveryId, newNonce, newSalt } from '../lib/system/random.ts';
import { createTargetCheck } from '../lib/webhook/target.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { handlesFrom, keyringFrom, locationFrom, queueFrom, tableFrom } from './compose-shared.ts';

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
    const { log, telemetry } = reportFrom(read);
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
      forwardQueue: createForwardQueue(sqs, read(wiringSettings.forwardQueueUrl)),
      rooms: createRoomInfoClient({ baseUrl: read(userSettings.geweBaseUrl) }),
      chatroomIntervalMs: read(userSettings.chatroomInterval),
      clock,
      policy: policyFrom(read),
      telemetry,
    };
    return { ports, handleOf: handlesFrom(read, wiringSettings.callbackQueueUrl), log };
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
