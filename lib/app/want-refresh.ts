import { deviceKeyOf } from '../domain/keys.ts';
import type { Policy } from '../domain/policy.ts';
import type {
  Clock,
  DeviceSecret,
  RecordStore,
  RefreshQueue,
  Sealer,
  SubscriptionStore,
} from '../domain/ports.ts';
import type { Trigger } from '../domain/record.ts';
import type { WantOutcome } from '../domain/wanted.ts';
import { want, wantAsBearer } from '../domain/wanted.ts';
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
  const { clock, policy } = ports;
  const outcome = await transact(ports, deviceKey, (record) =>
    want(record, { ...change, nowMs: clock.now() }, policy),
  );
  return send(outcome, deviceKey, () => sealedOf(deviceKey, ports), ports.queue);
}

export interface BearerWantPorts extends Omit<WantPorts, 'subscriptions'> {
  readonly sealer: Sealer;
}

/** The same, of any device, for who has its token. */
export async function wantRefreshAsBearer(
  secret: DeviceSecret,
  trigger: Trigger,
  ports: BearerWantPorts,
): Promise<WantOutcome['kind']> {
  const { clock, policy, sealer } = ports;
  const deviceKey = deviceKeyOf(secret.token, secret.appId);
  const outcome = await transact<WantOutcome>(ports, deviceKey, (record) =>
    wantAsBearer(record, { trigger, nowMs: clock.now() }, policy),
  );
  return send(outcome, deviceKey, () => sealer.seal(secret, deviceKey), ports.queue);
}

/** Sends the message that the outcome asks for. `sealedToken`: gives undefined when nobody may refresh the device any more. */
async function send(
  outcome: WantOutcome,
  deviceKey: string,
  sealedToken: () => Promise<string | undefined>,
  queue: RefreshQueue,
): Promise<WantOutcome['kind']> {
  if (outcome.kind === 'asked') {
    const sealed = await sealedToken();
    if (sealed === undefined) return 'unsubscribed';
    await queue.send({ kind: 'again', deviceKey, sealed }, outcome.delayS);
  }
  if (outcome.kind === 'joined' && outcome.send) {
    const sealed = await sealedToken();
    const { delayS, ...step } = outcome.send;
    if (sealed !== undefined) await queue.send({ kind: 'step', deviceKey, ...step, sealed }, delayS);
  }
  return outcome.kind;
}
