import { eventsToPublish, markPublished } from '../device/outbox-rules.ts';
import type { Ports } from '../device/ports.ts';
import type { DeviceRecord } from '../device/record.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendRerun } from './messages.ts';
import { rerunDelayS } from './rerun-rules.ts';

export type PublishPorts = Pick<Ports, 'records' | 'clock' | 'events'>;

export type FinishPorts = PublishPorts & Pick<Ports, 'queue' | 'subscriptions' | 'resealer' | 'policy'>;

/**
 * Does what a refresh leaves to be done when it has ended, whoever ended it: publishes its events, sends the message of the pending
 * rerun, and seals a subscription's token anew when its key is no longer the current one. Repeating it is harmless, so whoever
 * meets an ended refresh does it again: a crash in between loses nothing. `record`: as it was stored or loaded last.
 * Throws `StoreUnavailable`, `BusUnavailable`, `QueueUnavailable`.
 */
export async function finishRefresh(
  deviceKey: string,
  record: DeviceRecord | undefined,
  sealed: string,
  ports: FinishPorts,
): Promise<void> {
  if (record === undefined) return;
  const delayS = rerunDelayS(record, ports.clock.now(), ports.policy);
  if (delayS !== undefined) await sendRerun(ports.queue, deviceKey, sealed, delayS);
  if (record.subscription) {
    const resealed = await ports.resealer.reseal(sealed, deviceKey);
    const { suffix } = record.subscription;
    // Where the subscription has ended meanwhile, its token is not put back.
    if (resealed) await ports.subscriptions.replace(deviceKey, record.rev, { suffix, sealed: resealed });
  }
  await publishPending(deviceKey, record, ports);
}

/** Publishes the events that are pending in the record, and then marks them as published. */
export async function publishPending(
  deviceKey: string,
  record: DeviceRecord | undefined,
  ports: PublishPorts,
): Promise<void> {
  const events = record ? eventsToPublish(record, deviceKey) : [];
  if (events.length === 0) return;
  await ports.events.publish(events);
  await updateRecord(ports, deviceKey, (now) => markPublished(now, events), record);
}
