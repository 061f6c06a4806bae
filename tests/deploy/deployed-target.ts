import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { listCallsOf, type Target, type ToldEvent, toldBy } from '../acceptance/target.ts';

const heard: ToldEvent[] = [];

/** The API and the mock of GeWe that `tests/deploy/run.ts` tells of in the environment. */
export const deployedTarget: Target = {
  url: told('DEPLOYED_URL'),
  // Each of them is a process of its own there.
  startsAtOnce: 12,
  slowS: 6,
  async setScenario(scenario, seconds) {
    const body = JSON.stringify({ scenario, ...(seconds !== undefined && { seconds }) });
    const reply = await fetch(`${told('GEWE_MOCK_URL')}/__mock/scenario`, { method: 'POST', body });
    if (!reply.ok) throw new Error(await reply.text());
  },
  async listCallsOf(appId) {
    const reply = await fetch(`${told('GEWE_MOCK_URL')}/__mock/calls`);
    return listCallsOf(JSON.parse(await reply.text()), appId);
  },
  async putEvent(detailType, detail) {
    const client = new EventBridgeClient({});
    const entry = { EventBusName: told('EVENT_BUS_NAME'), Source: 'acceptance', DetailType: detailType };
    await client.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }));
    client.destroy();
  },
  async toldEvents() {
    const client = new SQSClient({});
    const QueueUrl = told('TOLD_QUEUE_URL');
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages: messages = [] } = await client.send(receive);
      if (messages.length === 0) break;
      for (const { Body: body = '', ReceiptHandle } of messages) {
        heard.push(...toldBy([JSON.parse(body)]));
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    client.destroy();
    return heard;
  },
};

/** @throws Error when the variable is missing. */
export function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run npm run test:deploy`);
  return value;
}
