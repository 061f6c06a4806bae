import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createChatroomStore } from '../lib/aws/dynamodb/chatroom-store.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { parseCallbackMessage } from '../lib/aws/sqs/messages.ts';
import { createCallbackQueue } from '../lib/aws/sqs/queues.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { processCallback, seldom } from '../lib/callbacks/process.ts';
import { createRecentRooms } from '../lib/chatrooms/discover.ts';
import { createSavedRooms } from '../lib/chatrooms/saved-rooms.ts';
import { createGate } from '../lib/device/gate.ts';
import { parseCallback } from '../lib/gewe/callback-wire.ts';
import { createRoomInfoClient } from '../lib/gewe/rooms.ts';
import { createBodyOpener } from '../lib/sealing/body-sealing.ts';
import { createOpener } from '../lib/sealing/token-sealing.ts';
import { policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { bodyStoreFrom, keyringFrom, refreshQueueFrom, sourceFrom, sqsFrom, tableFrom } from './wiring.ts';

/** Callbacks that one run has at work at once: it waits for the table and the queue nearly all of the time. */
const slots = 20;

const { ports, run } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const sqs = sqsFrom(read);
  const { log, telemetry } = reportFrom(read);
  const keyring = keyringFrom(read);
  const records = createRecordStore(table, newNonce);
  const snapshots = createSnapshotStore(table);
  const ports = {
    records,
    subscriptions: createSubscriptionStore(table),
    chatrooms: createChatroomStore(table, newNonce, clock),
    savedRooms: createSavedRooms({ records, snapshots }),
    recentRooms: createRecentRooms(),
    noteReceived: seldom(createCallbackStore(table).noteReceived),
    bodyStore: bodyStoreFrom(read),
    bodies: createBodyOpener(keyring),
    opener: createOpener(keyring),
    parse: parseCallback,
    largeBodies: createGate(2),
    queue: refreshQueueFrom(read, sqs),
    callbackQueue: createCallbackQueue(sqs, read(wiringSettings.callbackQueueUrl)),
    rooms: createRoomInfoClient({ baseUrl: read(userSettings.geweBaseUrl) }),
    chatroomIntervalMs: read(userSettings.chatroomInterval),
    clock,
    policy: policyFrom(read),
    telemetry,
  };
  return {
    ports,
    run: {
      queues: [sourceFrom(read, sqs, wiringSettings.callbackQueueUrl)] as const,
      slots,
      graceMs: 500,
      leastBudgetMs: 20_000,
      clock,
      log,
    },
  };
});

/** Serves the callback queue: applies what callbacks say, and asks GeWe about chatrooms. */
export const handler = queueHandler(
  parseCallbackMessage,
  (message, handle, run) => processCallback(message, handle, ports, run),
  run,
);
