import type { DeviceOwner } from '../device/keys.ts';
import type { Ports, RefreshQueue } from '../device/ports.ts';
import type { Trigger } from '../device/record.ts';
import { sealedTokenOf } from '../device/subscribe.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendRerun, sendStep } from './messages.ts';
import type { RerunOutcome } from './rerun-rules.ts';
import { rerunForOwner, rerunForSubscription } from './rerun-rules.ts';

export type RerunPorts = Pick<Ports, 'records' | 'subscriptions' | 'queue' | 'clock' | 'policy'>;

/**
 * A change of a subscribed device was reported: requests a rerun, so that a list call begins after it; one, however many changes come.
 * Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function requestRerun(
  deviceKey: string,
  change: { readonly trigger: Trigger; readonly subscriptionSuffix?: string },
  ports: RerunPorts,
): Promise<RerunOutcome['kind']> {
  const { clock, policy } = ports;
  const { record, outcome } = await updateRecord(ports, deviceKey, (record) =>
    rerunForSubscription(record, { ...change, nowMs: clock.now() }, policy),
  );
  return send(
    outcome,
    deviceKey,
    () => sealedTokenOf(deviceKey, record?.subscription, ports.subscriptions),
    ports.queue,
  );
}

export type OwnerRerunPorts = Omit<RerunPorts, 'subscriptions'> & Pick<Ports, 'sealer'>;

/** The same, of any device, for a caller that has its token. */
export async function requestRerunAsOwner(
  owner: DeviceOwner,
  trigger: Trigger,
  ports: OwnerRerunPorts,
): Promise<RerunOutcome['kind']> {
  const { clock, policy, sealer } = ports;
  const { deviceKey } = owner;
  const { outcome } = await updateRecord<RerunOutcome>(ports, deviceKey, (record) =>
    rerunForOwner(record, { trigger, nowMs: clock.now() }, policy),
  );
  return send(outcome, deviceKey, () => sealer.seal(owner, deviceKey), ports.queue);
}

/** Sends the message that the outcome asks for. `sealedToken`: gives undefined when nobody may refresh the device any more. */
async function send(
  outcome: RerunOutcome,
  deviceKey: string,
  sealedToken: () => Promise<string | undefined>,
  queue: RefreshQueue,
): Promise<RerunOutcome['kind']> {
  if (outcome.kind === 'requested') {
    const sealed = await sealedToken();
    if (sealed === undefined) return 'unsubscribed';
    await sendRerun(queue, deviceKey, sealed, outcome.delayS);
  }
  if (outcome.kind === 'joined' && outcome.send) {
    const sealed = await sealedToken();
    if (sealed !== undefined) await sendStep(queue, deviceKey, sealed, outcome.send);
  }
  return outcome.kind;
}
