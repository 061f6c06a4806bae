import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { eventsSuite } from '../acceptance/events.ts';
import { tableTexts } from '../acceptance/table-text.ts';
import { quickSettings } from '../acceptance/target.ts';
import { location, type Service, startService, tableName } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: { ...quickSettings, FORWARD_TO_LOOPBACK: 'ALLOW' } });
});
afterAll(() => service.close());

eventsSuite(() => service.target);

it('no token and no callback is readable in the table, in a message or in an event', async () => {
  const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
  const texts = [
    ...(await tableTexts(client, tableName)),
    ...service.messages,
    JSON.stringify(service.bus.events),
  ];
  client.destroy();
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => /canary-|token-of-|wx_callback|TypeName/.test(text))).toEqual([]);
});

it('no function crashed on the way', () => expect(service.crashes).toEqual([]));
