import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BusUnavailable, type EventBus } from '../domain/ports.ts';
import { detailOf, detailTypes } from './event-detail.ts';

/** Who our events are from. */
export const eventSource = 'gewe-contacts';

/** Our events on a bus. A record has two of them pending at most, so they go in one call. */
export function createEventBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async tell(events) {
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
