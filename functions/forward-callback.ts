import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createWaitingCounts } from '../lib/aws/dynamodb/waiting-counts.ts';
import { parseForwardMessage } from '../lib/aws/sqs/messages.ts';
import { createDeadLetters, createForwardQueue } from '../lib/aws/sqs/queues.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { forwardCallback } from '../lib/callbacks/forward.ts';
import { createTargets } from '../lib/callbacks/targets.ts';
import { createWaitingCallbacks } from '../lib/callbacks/waiting.ts';
import { parseCallback } from '../lib/gewe/callback-wire.ts';
import { createBodyOpener } from '../lib/sealing/body-sealing.ts';
import { readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { createWebhookClient } from '../lib/webhook/deliver.ts';
import { bodyStoreFrom, keyringFrom, sourceFrom, sqsFrom, tableFrom } from './wiring.ts';

/** Deliveries that one run has under way at once: it waits for targets nearly all of the time. */
const slots = 40;

const { ports, run } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const sqs = sqsFrom(read);
  const { log, telemetry } = reportFrom(read);
  const ownHost = URL.parse(read.optional(userSettings.publicBaseUrl) ?? '')?.host;
  const ports = {
    callbacks: createCallbackStore(table),
    bodyStore: bodyStoreFrom(read),
    opener: createBodyOpener(keyringFrom(read)),
    parse: parseCallback,
    webhook: createWebhookClient({ allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW' }),
    queue: createForwardQueue(sqs, read(wiringSettings.forwardQueueUrl)),
    deadLetters: createDeadLetters(sqs, read(wiringSettings.forwardDeadLetterQueueUrl)),
    targets: createTargets(slots),
    waiting: createWaitingCallbacks(
      createWaitingCounts(table),
      read(userSettings.maxWaitingCallbacks),
      clock,
    ),
    ownHosts: ownHost === undefined ? [] : [ownHost],
    clock,
    random: Math.random,
    telemetry,
  };
  return {
    ports,
    run: {
      queues: [sourceFrom(read, sqs, wiringSettings.forwardQueueUrl)] as const,
      slots,
      // Short: a run that takes further messages keeps up with a flood, and one that does not waits for its slowest first.
      graceMs: 100,
      // What is known to take longer than the time that is left is not begun; what is cut off unexpectedly is sent again.
      leastBudgetMs: 4_000,
      clock,
      log,
    },
  };
});

/**
 * Serves the forward queue: forwards a callback to the target of its token, for a day (`receiveCallback` of `openapi.yaml`). The only
 * one that connects to addresses that users name.
 */
export const handler = queueHandler(
  parseForwardMessage,
  (message, _handle, { signal, budgetMs }) => forwardCallback(message, ports, { signal, budgetMs }),
  run,
);
