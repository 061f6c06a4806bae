import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { subscriptionIdIn } from '../lib/aws/eventbridge/refresh-requested.ts';
import { subscriptionNamed } from '../lib/device/subscription-rules.ts';
import { requestRerun } from '../lib/refresh/request-rerun.ts';
import { policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { refreshQueueFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, log, telemetry } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    subscriptions: createSubscriptionStore(table),
    queue: refreshQueueFrom(read, sqsFrom(read)),
    clock,
    policy: policyFrom(read),
  };
  return { ports, ...reportFrom(read) };
});

/**
 * Serves the event `Contacts Refresh Requested` (`x-events` of `openapi.yaml`). What is malformed, or names no subscription, is counted
 * and dropped: to repeat it would help nobody. It throws when a store or queue is unavailable: Lambda tries again.
 */
export async function handler(event: unknown): Promise<void> {
  const subscriptionId = subscriptionIdIn(event);
  if (subscriptionId === undefined) {
    telemetry.eventDropped('malformed');
    log.warn('event dropped', { what: 'malformed' });
    return;
  }
  const { deviceKey, suffix } = subscriptionNamed(subscriptionId);
  const what = await requestRerun(deviceKey, { trigger: 'event', subscriptionSuffix: suffix }, ports);
  if (what === 'unsubscribed') telemetry.eventDropped('unsubscribed');
  log.info('event handled', { deviceKey, what });
}
