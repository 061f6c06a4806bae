import { AsyncLocalStorage } from 'node:async_hooks';
import type { buildApp } from 'fauxqs';
import type { SqsQueue } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import type { ReceivedMessage } from '../../node_modules/fauxqs/dist/sqs/sqsTypes.js';
import { listAt, valueAt } from './deployment.ts';

const attribute = 'AWSTraceHeader';

/**
 * SQS keeps the trace header that a message is sent with as its system attribute `AWSTraceHeader`, which the sender may also give
 * itself; fauxqs drops both. Here it is kept among the attributes of the message, after its size was checked, as it does not
 * count: so it outlives the process, and goes to the dead letters with the message.
 */
export function keepTraceHeaders(app: ReturnType<typeof buildApp>, queues: Iterable<SqsQueue>): void {
  const sentWith = new AsyncLocalStorage<string>();
  app.addHook('preHandler', ({ headers, body }, _reply, done) => {
    const isSent = String(headers['x-amz-target']).startsWith('AmazonSQS.SendMessage');
    const given = valueAt(body, `MessageSystemAttributes.${attribute}.StringValue`);
    const header = isSent ? (given ?? headers['x-amzn-trace-id']) : undefined;
    if (typeof header === 'string') sentWith.run(header, done);
    else done();
  });
  for (const queue of queues) {
    const enqueue = queue.enqueue.bind(queue);
    queue.enqueue = (message) => {
      const header = sentWith.getStore();
      if (header !== undefined) {
        const kept = { [attribute]: { DataType: 'String', StringValue: header } };
        message.messageAttributes = { ...message.messageAttributes, ...kept };
      }
      enqueue(message);
    };
  }
  app.addHook<Answer | undefined>('preSerialization', async ({ body }, _reply, answer) => {
    const wanted = ['AttributeNames', 'MessageSystemAttributeNames'].flatMap((names) => listAt(body, names));
    const isWanted = wanted.includes('All') || wanted.includes(attribute);
    for (const message of answer?.Messages ?? []) {
      const { [attribute]: header, ...others } = message.MessageAttributes ?? {};
      if (header?.StringValue === undefined) continue;
      if (isWanted) message.Attributes = { ...message.Attributes, [attribute]: header.StringValue };
      message.MessageAttributes = others;
    }
    return answer;
  });
}

/** Of a call to SQS; only that of ReceiveMessage has messages. */
interface Answer {
  readonly Messages?: readonly ReceivedMessage[];
}
