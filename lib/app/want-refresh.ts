import type { Policy } from '../domain/policy.ts';
import type { Clock, RecordStore, RefreshQueue, SubscriptionStore } from '../domain/ports.ts';
import type { Trigger } from '../domain/record.ts';
import type { WantOutcome } from '../domain/wanted.ts';
import { want } from '../domain/wanted.ts';
import { sealedOf } from './sealed-of.ts';
import { transact } from './transact.ts';

export interface WantPorts {
  readonly records: RecordStore;
  readonly subscriptions: SubscriptionStore;
  readonly queue: RefreshQueue;
  readonly clock: Clock;
  readonly policy: Policy;
}

/**
 * A change of a subscribed device was heard of: a refresh that begins after it is seen to, however many changes come.
 * Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function wantRefresh(
  deviceKey: string,
  change: { readonly trigger: Trigger; readonly subscriptionSuffix?: string },
  ports: WantPorts,
): Promise<WantOutcome['kind']> {
  const { clock, policy, queue } = ports;
  const outcome = await transact(ports, deviceKey, (record) =>
    want(record, { ...change, nowMs: clock.now() }, policy),
  );
  if (outcome.kind === 'asked') {
    const sealed = await sealedOf(deviceKey, ports);
    if (sealed === undefined) return 'unsubscribed';
    await queue.send({ kind: 'again', deviceKey, sealed }, outcome.delayS);
  }
  if (outcome.kind === 'joined' && outcome.send) {
    const sealed = await sealedOf(deviceKey, ports);
    const { delayS, ...step } = outcome.send;
    if (sealed !== undefined) await queue.send({ kind: 'step', deviceKey, ...step, sealed }, delayS);
  }
  return outcome.kind;
}
