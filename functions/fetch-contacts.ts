import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createChangeStore } from '../lib/aws/dynamodb/change-store.ts';
import { createEraser } from '../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { parseMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { createGeweClient } from '../lib/gewe/client.ts';
import { sendWake } from '../lib/refresh/messages.ts';
import { fetchContacts, settleMs } from '../lib/refresh/run-step.ts';
import { slotsForSchedule } from '../lib/refresh/schedule-rules.ts';
import { createResealer } from '../lib/sealing/resealer.ts';
import { createOpener } from '../lib/sealing/token-sealing.ts';
import { policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import {
  eventBusFrom,
  keyringFrom,
  refreshQueueFrom,
  scheduleQueueFrom,
  sourceFrom,
  sqsFrom,
  tableFrom,
} from './wiring.ts';

const { ports, run } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const sqs = sqsFrom(read);
  const { log, telemetry } = reportFrom(read);
  const keyring = keyringFrom(read);
  const opener = createOpener(keyring);
  const ports = {
    records: createRecordStore(table, newNonce),
    snapshots: createSnapshotStore(table),
    changes: createChangeStore(table, clock),
    eraser: createEraser(table),
    queue: refreshQueueFrom(read, sqs),
    scheduleQueue: scheduleQueueFrom(read, sqs),
    archive: createRefreshArchive(table, clock),
    subscriptions: createSubscriptionStore(table),
    tokens: createAcceptedTokens(table, clock),
    events: eventBusFrom(read),
    opener,
    resealer: createResealer(keyring, opener),
    upstream: createGeweClient({ baseUrl: read(userSettings.geweBaseUrl), onCall: telemetry.called }),
    clock,
    policy: policyFrom(read),
    newOwner: newNonce,
    newRefreshSuffix,
    telemetry,
  };
  const slots = read(wiringSettings.listCallsPerRun);
  const run = {
    queues: [
      sourceFrom(read, sqs, wiringSettings.queueUrl),
      sourceFrom(read, sqs, wiringSettings.scheduleQueueUrl),
    ] as const,
    slots,
    // What a caller waits for finds a free slot, however many refreshes of the schedule are under way.
    reservedSlots: slots - slotsForSchedule(slots),
    graceMs: 0,
    leastBudgetMs: ports.policy.listTimeoutMs + settleMs,
    onTimeOver: () => sendWake(ports.queue, 0),
    clock,
    log,
  };
  return { ports, run };
});

/**
 * Serves the refresh queue, and the schedule's: one step of a refresh a message (`lib/refresh/refresh-rules.ts`). The only one that
 * asks GeWe for lists.
 */
export const handler = queueHandler(
  parseMessage,
  (message, handle, run) => fetchContacts(message, handle, ports, run),
  run,
);
