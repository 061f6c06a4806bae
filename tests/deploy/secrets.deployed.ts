import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { secretsSuite } from '../acceptance/secrets.ts';
import { tableTexts } from '../acceptance/table-text.ts';
import { deployedTarget, told } from './deployed-target.ts';

// Messages, logs and calls are searched at the end of the run, when all of them are there (tests/deploy/search.ts).
secretsSuite(
  () => deployedTarget,
  async () => {
    const client = new DynamoDBClient({});
    const texts = await tableTexts(client, told('TABLE_NAME'));
    client.destroy();
    return texts;
  },
);
