import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../mocks/local-stack/eventbridge.ts';
import { startEventBridge } from '../../../mocks/local-stack/eventbridge.ts';
import type { Listening } from '../../../mocks/loopback.ts';
import { localLocation } from '../../../tests/support/local-table.ts';
import { startScriptedServer } from '../../../tests/support/scripted-server.ts';
import type { DeviceEvent } from '../../device/outbox-rules.ts';
import { BusUnavailable } from '../../device/ports.ts';
import { createEventBridgeClient, createEventBus } from './event-bus.ts';

const base = {
  deviceKey: 'k'.repeat(43),
  subscriptionId: undefined,
  refreshId: '0000001-aaaaaaaaaaaaaaaa',
  atMs: Date.UTC(2026, 10, 24, 8),
};
const changed: DeviceEvent = {
  ...base,
  kind: 'changed',
  eventId: 'one-changed',
  rev: 4,
  from: undefined,
  to: 'd'.repeat(43),
  counts: { friends: 29, chatrooms: 5, ghs: 5 },
  added: 39,
  removed: 0,
};
const failed: DeviceEvent = {
  ...base,
  kind: 'failed',
  eventId: 'two-failed',
  rev: 5,
  class: 'device-offline',
};

let bridge: Listening;
const taken: BusEvent[] = [];
beforeAll(async () => {
  bridge = await startEventBridge({
    busName: 'contacts',
    onEvent: (event) => void taken.push(event),
    log: () => undefined,
  });
});
afterAll(() => bridge.close());
beforeEach(() => void taken.splice(0));

describe('events on the bus', () => {
  it('have the source, the type and the detail of the contract', async () => {
    const client = createEventBridgeClient(localLocation(bridge.url));
    await createEventBus(client, 'contacts').publish([changed, failed]);
    client.destroy();
    expect(taken).toMatchObject([
      {
        source: 'gewe-contacts',
        'detail-type': 'Contacts Changed',
        detail: {
          eventId: 'one-changed',
          subscriptionId: null,
          rev: 4,
          at: '2026-11-24T08:00:00.000Z',
          from: null,
          to: 'd'.repeat(43),
          added: 39,
          removed: 0,
        },
      },
      {
        'detail-type': 'Contacts Refresh Failed',
        detail: { eventId: 'two-failed', class: 'device-offline' },
      },
    ]);
  });

  it('that were not all taken are unavailable, though the call succeeds', async () => {
    const server = await startScriptedServer((response) => {
      const Entries = [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'canary' }];
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ FailedEntryCount: 1, Entries }));
    });
    const client = createEventBridgeClient(localLocation(server.url));
    const telling = createEventBus(client, 'contacts').publish([changed, failed]);
    await expect(telling).rejects.toThrow(
      new BusUnavailable('EventBridge PutEvents: 1 of 2 failed (ThrottlingException)'),
    );
    client.destroy();
    await server.close();
  });

  it('are unavailable when nobody answers, or the bus says no', async () => {
    const client = createEventBridgeClient(localLocation('http://127.0.0.1:9'), 200);
    await expect(createEventBus(client, 'contacts').publish([changed])).rejects.toThrow(BusUnavailable);
    client.destroy();
  });
});
