import { outEventsOf, told } from '../domain/outbox.ts';
import type { Policy } from '../domain/policy.ts';
import type {
  Clock,
  EventBus,
  RecordStore,
  RefreshQueue,
  Resealer,
  SubscriptionStore,
} from '../domain/ports.ts';
import type { DeviceRecord } from '../domain/record.ts';
import { againAfter } from '../domain/wanted.ts';
import { transact } from './transact.ts';

export interface TellPorts {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly events: EventBus;
}

export interface FollowUpPorts extends TellPorts {
  readonly queue: RefreshQueue;
  readonly subscriptions: SubscriptionStore;
  readonly resealer: Resealer;
  readonly policy: Policy;
}

/**
 * Sees to what a refresh leaves to be done when it has ended, whoever ended it: others are told of it, one more begins
 * when one is wanted, and a subscription's token is sealed anew when its key is no longer the current one. Repeating it is
 * harmless, so it is done again by whoever meets an ended refresh: a crash in between loses nothing.
 * Throws `StoreUnavailable`, `BusUnavailable`, `QueueUnavailable`.
 */
export async function followUp(deviceKey: string, sealed: string, ports: FollowUpPorts): Promise<void> {
  const record = await ports.records.load(deviceKey);
  if (record === undefined) return;
  const delayS = againAfter(record, ports.clock.now(), ports.policy);
  if (delayS !== undefined) await ports.queue.send({ kind: 'again', deviceKey, sealed }, delayS);
  if (record.subscription) {
    const resealed = await ports.resealer.reseal(sealed, deviceKey);
    const { suffix } = record.subscription;
    // Where the subscription has ended meanwhile, its token is not put back.
    if (resealed) await ports.subscriptions.replace(deviceKey, record.rev, { suffix, sealed: resealed });
  }
  await tell(deviceKey, record, ports);
}

/** Tells others what the record says is still to be told, and then that it was told. */
export async function tell(
  deviceKey: string,
  record: DeviceRecord | undefined,
  ports: TellPorts,
): Promise<void> {
  const events = record ? outEventsOf(record, deviceKey) : [];
  if (events.length === 0) return;
  await ports.events.tell(events);
  await transact(ports, deviceKey, (now) => told(now, events));
}
