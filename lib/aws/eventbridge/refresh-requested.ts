import { isContactsRefreshRequestedDetail } from '../../contract/validators.generated.js';

/** Anybody may put this on the bus (`x-events` of openapi.yaml). */
export const refreshRequestedType = 'Contacts Refresh Requested';

/** The subscription that an event of EventBridge asks to refresh; undefined when it is no such event. */
export function subscriptionIdIn(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('detail' in event)) return undefined;
  if (!('detail-type' in event) || event['detail-type'] !== refreshRequestedType) return undefined;
  return isContactsRefreshRequestedDetail(event.detail) ? event.detail.subscriptionId : undefined;
}
