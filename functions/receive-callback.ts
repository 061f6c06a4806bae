import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createCallbackQueue, createForwardQueue } from '../lib/aws/sqs/queues.ts';
import { receiveCallback } from '../lib/callbacks/receive.ts';
import { acknowledgement, incomingOf, inTime, patienceLeftMs } from '../lib/http/incoming-callback.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { createBodySealer } from '../lib/sealing/body-sealing.ts';
import { readConfig } from '../lib/settings/read-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newDeliveryId } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { bodyStoreFrom, sqsFrom, tableFrom } from './wiring.ts';

/** One attempt of a call, of three: GeWe waits for three seconds in all. */
const timeoutMs = 1_000;

const { ports, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read, timeoutMs);
  const sqs = sqsFrom(read, timeoutMs);
  const ports = {
    callbacks: createCallbackStore(table),
    sealer: createBodySealer(read(wiringSettings.sealingPublicKey)),
    bodyStore: bodyStoreFrom(read, timeoutMs),
    queue: createCallbackQueue(sqs, read(wiringSettings.callbackQueueUrl)),
    forwardQueue: createForwardQueue(sqs, read(wiringSettings.forwardQueueUrl)),
    clock,
    newDeliveryId,
  };
  return { ports, report: reportFrom(read) };
});

/**
 * Where GeWe posts callbacks: `receiveCallback` (200, 404, 413, 503; `openapi.yaml`). It keeps them, sealed, and knows nothing of
 * what they say: `process-callback.ts` and `forward-callback.ts` read them.
 */
export const handler = httpHandler(async (request) => {
  const waitMs = patienceLeftMs(request.receivedAtMs, clock.now());
  return acknowledgement(await inTime(receiveCallback(incomingOf(request), ports), waitMs));
}, report);
