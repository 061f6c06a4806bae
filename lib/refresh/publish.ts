import { eventsToPublish, markPublished } from '../device/outbox-rules.ts';
import type { Policy } from '../device/policy.ts';
import type {
  Clock,
  EventBus,
  RecordStore,
  RefreshQueue,
  Resealer,
  SubscriptionStore,
} from '../device/ports.ts';
import type { DeviceRecord } from '../device/record.ts';
import { updateRecord } from '../device/update-record.ts';
import { rerunDelayS } from './rerun-rules.ts';

export interface PublishPorts {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly events: EventBus;
}

export interface FinishPorts extends PublishPorts {
  readonly queue: RefreshQueue;
  readonly subscriptions: SubscriptionStore;
  readonly resealer: Resealer;
  readonly policy: Policy;
}

/**
 * Sees to what a refresh leaves to be done when it has ended, whoever ended it: others are told of it, one more begins
 * when one is rerun, and a subscription's token is sealed anew when its key is no longer the current one. Repeating it is
 * harmless, so it is done again by whoever meets an ended refresh: a crash in between loses nothing.
 * Throws `StoreUnavailable`, `BusUnavailable`, `QueueUnavailable`.
 */
export async function finishRefresh(deviceKey: string, sealed: string, ports: FinishPorts): Promise<void> {
  const record = await ports.records.load(deviceKey);
  if (record === undefined) return;
  const delayS = rerunDelayS(record, ports.clock.now(), ports.policy);
  if (delayS !== undefined) await ports.queue.send({ kind: 'rerun', deviceKey, sealed }, delayS);
  if (record.subscription) {
    const resealed = await ports.resealer.reseal(sealed, deviceKey);
    const { suffix } = record.subscription;
    // Where the subscription has ended meanwhile, its token is not put back.
    if (resealed) await ports.subscriptions.replace(deviceKey, record.rev, { suffix, sealed: resealed });
  }
  await publishPending(deviceKey, record, ports);
}

/** Tells others what the record says is still to be markPublished, and then that it was told. */
export async function publishPending(
  deviceKey: string,
  record: DeviceRecord | undefined,
  ports: PublishPorts,
): Promise<void> {
  const events = record ? eventsToPublish(record, deviceKey) : [];
  if (events.length === 0) return;
  await ports.events.publish(events);
  await updateRecord(ports, deviceKey, (now) => markPublished(now, events));
}
