import { createRestingTargets } from '../lib/app/resting-targets.ts';
import { createBodyParts } from '../lib/dynamodb/body-parts.ts';
import { createCallbackStore } from '../lib/dynamodb/callback-store.ts';
import { createCourier } from '../lib/relay/deliver.ts';
import { createBodyOpener } from '../lib/runtime/body-sealing.ts';
import { readConfig, type SettingsReader } from '../lib/runtime/config.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { createDeadLetters } from '../lib/sqs/relay-messages.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { keyringFrom, locationFrom, receiptsFrom, tableFrom } from './compose-shared.ts';

// Joins the adapters of the function that forwards callbacks.

/** Opens bodies of callbacks, and connects to addresses that users name. */
export function composeRelay(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, watcher } = reportFrom(read);
    const deadLetterUrl = read(wiringSettings.relayDeadLetterQueueUrl);
    const ports = {
      callbacks: createCallbackStore(table),
      parts: createBodyParts(table, clock),
      opener: createBodyOpener(keyringFrom(read)),
      courier: createCourier({ allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW' }),
      deadLetters: createDeadLetters(createSqsClient(locationFrom(read)), deadLetterUrl),
      resting: createRestingTargets(),
      ownHosts: ownHostsFrom(read),
      clock,
      random: Math.random,
      watcher,
    };
    return { ports, receiptOf: receiptsFrom(read, wiringSettings.relayQueueUrl), log };
  });
}

/** The host of `PUBLIC_BASE_URL`, with its port where that is said. */
function ownHostsFrom(read: SettingsReader): readonly string[] {
  const host = URL.parse(read.optional(userSettings.publicBaseUrl) ?? '')?.host;
  return host === undefined ? [] : [host];
}
