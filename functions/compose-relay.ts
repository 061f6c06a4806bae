import { createBodyParts } from '../lib/aws/dynamodb/body-parts.ts';
import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createDeadLetters } from '../lib/aws/sqs/queues.ts';
import { createPausedTargets } from '../lib/callbacks/forward.ts';
import { createBodyOpener } from '../lib/sealing/body-sealing.ts';
import { readConfig, type SettingsReader } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { createWebhookClient } from '../lib/webhook/deliver.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { handlesFrom, keyringFrom, locationFrom, tableFrom } from './compose-shared.ts';

// Joins the adapters of the function that forwards callbacks.

/** Opens bodies of callbacks, and connects to addresses that users name. */
export function composeForwarder(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, telemetry } = reportFrom(read);
    const deadLetterUrl = read(wiringSettings.forwardDeadLetterQueueUrl);
    const ports = {
      callbacks: createCallbackStore(table),
      parts: createBodyParts(table, clock),
      opener: createBodyOpener(keyringFrom(read)),
      webhook: createWebhookClient({ allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW' }),
      deadLetters: createDeadLetters(createSqsClient(locationFrom(read)), deadLetterUrl),
      paused: createPausedTargets(),
      ownHosts: ownHostsFrom(read),
      clock,
      random: Math.random,
      telemetry,
    };
    return { ports, handleOf: handlesFrom(read, wiringSettings.forwardQueueUrl), log };
  });
}

/** The host of `PUBLIC_BASE_URL`, with its port where that is said. */
function ownHostsFrom(read: SettingsReader): readonly string[] {
  const host = URL.parse(read.optional(userSettings.publicBaseUrl) ?? '')?.host;
  return host === undefined ? [] : [host];
}
