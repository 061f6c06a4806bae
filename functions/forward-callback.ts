import { createBodyParts } from '../lib/aws/dynamodb/body-parts.ts';
import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { parseForwardMessage } from '../lib/aws/sqs/messages.ts';
import { createDeadLetters } from '../lib/aws/sqs/queues.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { createPausedTargets, forwardCallback } from '../lib/callbacks/forward.ts';
import { createBodyOpener } from '../lib/sealing/body-sealing.ts';
import { readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { createWebhookClient } from '../lib/webhook/deliver.ts';
import { keyringFrom, oneAtATime, sourceFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, run } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const { log, telemetry } = reportFrom(read);
  const ownHost = URL.parse(read.optional(userSettings.publicBaseUrl) ?? '')?.host;
  const ports = {
    callbacks: createCallbackStore(table),
    parts: createBodyParts(table, clock),
    opener: createBodyOpener(keyringFrom(read)),
    webhook: createWebhookClient({ allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW' }),
    deadLetters: createDeadLetters(sqsFrom(read), read(wiringSettings.forwardDeadLetterQueueUrl)),
    paused: createPausedTargets(),
    ownHosts: ownHost === undefined ? [] : [ownHost],
    clock,
    random: Math.random,
    telemetry,
  };
  return {
    ports,
    run: { queues: [sourceFrom(read, wiringSettings.forwardQueueUrl)] as const, ...oneAtATime, log },
  };
});

/**
 * Serves the forward queue: forwards a callback to the target of its token, for a day (`receiveCallback` of `openapi.yaml`). The only
 * one that connects to addresses that users name.
 */
export const handler = queueHandler(
  parseForwardMessage,
  (message, handle, run) => forwardCallback(message, handle, ports, run.signal),
  run,
);
