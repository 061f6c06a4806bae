import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { recordSk } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient, partitionOf } from '../../lib/aws/dynamodb/table.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { location, tableName } from '../service/service.ts';

/** Puts what no version of the service has written in the place of a device's record. */
export async function spoilRecord(dynamoDbUrl: string, token: string, appId: string): Promise<void> {
  const client = createDynamoDbClient({ ...location, endpoint: dynamoDbUrl });
  const keys = { pk: { S: partitionOf(deviceKeyOf(token, appId)) }, sk: { S: recordSk } };
  const Item = { ...keys, rev: { N: '1' }, content: { S: 'spoiled' }, nonce: { S: '' } };
  try {
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  } finally {
    client.destroy();
  }
}
