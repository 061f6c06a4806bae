import { afterAll, beforeAll, expect } from 'vitest';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { secretsSuite } from '../acceptance/secrets.ts';
import { tableTexts } from '../acceptance/table-text.ts';
import { patientSettings } from '../acceptance/target.ts';
import { location, type Service, startService, tableName } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: patientSettings });
});
afterAll(() => service.close());

secretsSuite(
  () => service.target,
  async () => {
    const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
    const items = await tableTexts(client, tableName);
    client.destroy();
    expect(items.length).toBeGreaterThan(0);
    expect(service.messages.length).toBeGreaterThan(1);
    return [...items, ...service.messages];
  },
);
