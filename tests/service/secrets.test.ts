import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../lib/dynamodb/client.ts';
import { clientOf } from './client.ts';
import { location, type Service, startService, tableName } from './service.ts';

const canary = 'canary-4f9d1c7e-token';
let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** Every byte of the table as text, packed values unpacked. */
async function tableText(): Promise<string> {
  const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  client.destroy();
  expect(items.length).toBeGreaterThan(0);
  const values = items.flatMap((item) => Object.values(item));
  return values
    .map((value) => {
      if (value.B === undefined) return JSON.stringify(value);
      const bytes = Buffer.from(value.B);
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
    })
    .join('\n');
}

describe('the token', () => {
  it('is in no answer, no message and no item, whatever GeWe says', async () => {
    const client = clientOf(service.url, canary);
    const replies = [await client.fetchContactsList('wx_canary'), await client.getContacts('wx_canary')];
    service.gewe.mock.setScenario('token-rejected');
    replies.push(await client.fetchContactsList('wx_canary'), await client.startRefresh('wx_canary'));
    expect(replies.map(({ text }) => JSON.parse(text).ret)).toContain(500);
    for (const { text, headers } of replies) {
      expect(text).not.toContain('canary');
      expect(JSON.stringify(headers)).not.toContain('canary');
    }
    expect(service.messages.length).toBeGreaterThan(1);
    expect(service.messages.join('\n')).not.toContain('canary');
    expect(await tableText()).not.toContain('canary');
  });
});
