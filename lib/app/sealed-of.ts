import type { RecordStore, SubscriptionStore } from '../domain/ports.ts';

/**
 * The sealed token of the subscription that the device has now; undefined when it has none, or the one that is kept
 * belongs to an earlier subscription. Throws `StoreUnavailable`.
 */
export async function sealedOf(
  deviceKey: string,
  ports: { readonly records: RecordStore; readonly subscriptions: SubscriptionStore },
): Promise<string | undefined> {
  const kept = await ports.subscriptions.load(deviceKey);
  const subscription = (await ports.records.load(deviceKey))?.subscription;
  return kept && subscription?.suffix === kept.suffix ? kept.sealed : undefined;
}
