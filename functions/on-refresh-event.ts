import { wantRefresh } from '../lib/app/want-refresh.ts';
import { subscriptionNamed } from '../lib/domain/subscription.ts';
import { subscriptionIdIn } from '../lib/eventbridge/refresh-requested.ts';
import { composeWanter } from './compose-events.ts';

const { ports, log, watcher } = composeWanter(process.env);

/**
 * Serves the event `Contacts Refresh Requested` (`x-events` of `openapi.yaml`). What is malformed, or names no subscription, is counted
 * and dropped: to repeat it would help nobody. It throws when a store or queue is unavailable: Lambda tries again.
 */
export async function handler(event: unknown): Promise<void> {
  const subscriptionId = subscriptionIdIn(event);
  if (subscriptionId === undefined) {
    watcher.eventDropped('malformed');
    log.warn('event dropped', { what: 'malformed' });
    return;
  }
  const { deviceKey, suffix } = subscriptionNamed(subscriptionId);
  const what = await wantRefresh(deviceKey, { trigger: 'event', subscriptionSuffix: suffix }, ports);
  if (what === 'unsubscribed') watcher.eventDropped('unsubscribed');
  log.info('event', { deviceKey, what });
}
