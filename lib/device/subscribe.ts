import type { DeviceOwner } from './keys.ts';
import type { Ports, SubscriptionStore } from './ports.ts';
import type { DeviceRecord } from './record.ts';
import { isOpen, type Subscription } from './record.ts';
import { type SubscriptionInput, subscribe, unsubscribe } from './subscription-rules.ts';
import { updateRecord } from './update-record.ts';

export type SubscriptionPorts = Pick<
  Ports,
  'records' | 'subscriptions' | 'tokens' | 'account' | 'sealer' | 'clock' | 'newSubscriptionSuffix'
>;

export type SubscribeResult =
  | { readonly kind: 'stored'; readonly created: boolean; readonly record: DeviceRecord }
  /** GeWe does not accept the token for this device, or did not answer. */
  | { readonly kind: 'rejected'; readonly why: 'token-rejected' | 'device-unknown' | 'token-unverified' };

/**
 * Keeps the token of a device, sealed, to refresh the device with. Calling again is harmless.
 * Throws `StoreUnavailable`; calling again goes on.
 */
export async function upsertSubscription(
  owner: DeviceOwner,
  input: SubscriptionInput,
  ports: SubscriptionPorts,
  signal: AbortSignal,
): Promise<SubscribeResult> {
  const { deviceKey } = owner;
  const rejection = await checkToken(owner, await ports.records.load(deviceKey), ports, signal);
  if (rejection) return { kind: 'rejected', why: rejection };
  const sealed = await ports.sealer.seal(owner, deviceKey);
  const suffix = ports.newSubscriptionSuffix();
  const { outcome: subscribed } = await updateRecord(ports, deviceKey, (record) =>
    subscribe(record, input, suffix, ports.clock.now()),
  );
  // The record first: what is sealed is never kept for a subscription that nobody can see and delete.
  await ports.subscriptions.put(deviceKey, subscribed.rev, {
    suffix: subscribed.subscription.suffix,
    sealed,
  });
  const record = await ports.records.load(deviceKey);
  if (record?.subscription?.suffix === subscribed.subscription.suffix) {
    return { kind: 'stored', created: subscribed.created, record };
  }
  // Deleted while it was being stored: nothing of it stays. Another one that was stored since does.
  await ports.subscriptions.delete(deviceKey, subscribed.subscription.suffix);
  return {
    kind: 'stored',
    created: subscribed.created,
    record: { rev: subscribed.rev, superseded: {}, subscription: subscribed.subscription },
  };
}

/** Why a token is rejected; undefined when GeWe has accepted it for this device. */
async function checkToken(
  owner: DeviceOwner,
  record: DeviceRecord | undefined,
  { tokens, account }: SubscriptionPorts,
  signal: AbortSignal,
): Promise<Extract<SubscribeResult, { kind: 'rejected' }>['why'] | undefined> {
  if (record && wasAccepted(record)) return undefined;
  const answer = await account.checkOnline(owner, signal);
  if (answer.kind === 'success' || answer.class === 'device-offline') {
    await tokens.note(owner.tokenKey);
    return undefined;
  }
  return answer.class === 'token-rejected' || answer.class === 'device-unknown'
    ? answer.class
    : 'token-unverified';
}

/** GeWe gave a list for this token and device, or said that the device is offline, and has not rejected either since. */
function wasAccepted({ snapshot, refresh }: DeviceRecord): boolean {
  const error = refresh && !isOpen(refresh) ? refresh.error : undefined;
  if (error === 'token-rejected' || error === 'device-unknown') return false;
  return snapshot !== undefined || error === 'device-offline';
}

/** The record of a device that has a subscription. Throws `StoreUnavailable`. */
export async function readSubscription(
  deviceKey: string,
  { records }: Pick<SubscriptionPorts, 'records'>,
): Promise<DeviceRecord | undefined> {
  const record = await records.load(deviceKey);
  return record?.subscription && record;
}

/** Ends a subscription, and forgets its token. Throws `StoreUnavailable`; calling again goes on. */
export async function deleteSubscription(
  deviceKey: string,
  ports: Pick<SubscriptionPorts, 'records' | 'subscriptions' | 'clock'>,
): Promise<void> {
  await updateRecord(ports, deviceKey, unsubscribe);
  // An earlier call may have ended the subscription and left its token; another may have been stored by now. A record never
  // goes back to a suffix that it has left, and has had the one of every token that is kept: the order of both loads matters.
  const kept = await ports.subscriptions.load(deviceKey);
  if (kept === undefined) return;
  const record = await ports.records.load(deviceKey);
  if (record?.subscription?.suffix !== kept.suffix) await ports.subscriptions.delete(deviceKey, kept.suffix);
}

/**
 * The sealed token of a subscription; undefined when there is none, or the one that is kept belongs to another. Throws `StoreUnavailable`.
 */
export async function sealedTokenOf(
  deviceKey: string,
  subscription: Pick<Subscription, 'suffix'> | undefined,
  subscriptions: Pick<SubscriptionStore, 'load'>,
): Promise<string | undefined> {
  if (subscription === undefined) return undefined;
  const kept = await subscriptions.load(deviceKey);
  return kept?.suffix === subscription.suffix ? kept.sealed : undefined;
}
