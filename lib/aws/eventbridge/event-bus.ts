import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ContactsChangedDetail, ContactsRefreshFailedDetail } from '../../contract/types.generated.ts';
import type { DeviceEvent } from '../../device/outbox-rules.ts';
import { BusUnavailable, type EventBus } from '../../device/ports.ts';
import { type ServiceLocation, sdkOptions } from '../sdk-options.ts';

/** The detail type of each event, as in `x-events` of openapi.yaml. */
export const detailTypes: Readonly<Record<DeviceEvent['kind'], string>> = {
  changed: 'Contacts Changed',
  failed: 'Contacts Refresh Failed',
};

/** The detail of an event, in the shape of the contract. */
export function detailOf(event: DeviceEvent): ContactsChangedDetail | ContactsRefreshFailedDetail {
  const { eventId, deviceKey, subscriptionId = null, refreshId, rev, atMs } = event;
  const base = { eventId, deviceKey, subscriptionId, refreshId, rev, at: new Date(atMs).toISOString() };
  if (event.kind === 'failed') return { ...base, class: event.class };
  const { from = null, to, counts, added, removed } = event;
  return { ...base, from, to, counts, added, removed };
}

/** Who our events are from. */
export const eventSource = 'gewe-contacts';

/** Our events on a bus. A record has two of them pending at most, so they go in one call. */
export function createEventBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async publish(events) {
      const command = new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: busName,
          Source: eventSource,
          DetailType: detailTypes[event.kind],
          Detail: JSON.stringify(detailOf(event)),
          Time: new Date(event.atMs),
        })),
      });
      const { FailedEntryCount: failed = 0, Entries: entries = [] } = await answered(client.send(command));
      // The call succeeds when some or all of its entries failed.
      if (failed > 0) {
        const codes = new Set(entries.flatMap(({ ErrorCode: code }) => code ?? []));
        throw new BusUnavailable(
          `EventBridge PutEvents: ${failed} of ${events.length} failed (${[...codes].join(', ')})`,
        );
      }
    },
  };
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'an unknown error';
    throw new BusUnavailable(`EventBridge PutEvents: ${name}`, { cause });
  }
}

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createEventBridgeClient(location: ServiceLocation, timeoutMs?: number): EventBridgeClient {
  return new EventBridgeClient(sdkOptions(location, timeoutMs));
}
