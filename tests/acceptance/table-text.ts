import { gunzipSync } from 'node:zlib';
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';

/** Every value of a table as text, packed ones unpacked. */
export async function tableTexts(client: DynamoDBClient, tableName: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { Items: items = [] } of paginateScan({ client }, { TableName: tableName })) {
    texts.push(...items.flatMap((item) => Object.values(item)).map(textOf));
  }
  return texts;
}

function textOf(value: AttributeValue): string {
  if (value.B === undefined) return JSON.stringify(value);
  const bytes = Buffer.from(value.B);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
}
