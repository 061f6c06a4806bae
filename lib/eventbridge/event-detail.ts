import type { ContactsChangedDetail, ContactsRefreshFailedDetail } from '../contract/types.generated.ts';
import type { OutEvent } from '../domain/outbox.ts';

/** The detail type of each event, as in `x-events` of openapi.yaml. */
export const detailTypes: Readonly<Record<OutEvent['kind'], string>> = {
  changed: 'Contacts Changed',
  failed: 'Contacts Refresh Failed',
};

/** The detail of an event, in the shape of the contract. */
export function detailOf(event: OutEvent): ContactsChangedDetail | ContactsRefreshFailedDetail {
  const { eventId, deviceKey, subscriptionId = null, refreshId, rev, atMs } = event;
  const base = { eventId, deviceKey, subscriptionId, refreshId, rev, at: new Date(atMs).toISOString() };
  if (event.kind === 'failed') return { ...base, class: event.class };
  const { from = null, to, counts, added, removed } = event;
  return { ...base, from, to, counts, added, removed };
}
