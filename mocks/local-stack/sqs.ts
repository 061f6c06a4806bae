import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { sdkOptions } from '../../lib/aws/sdk-options.ts';

/** A queue to be made. */
export interface LocalQueue {
  readonly name: string;
  readonly visibilityTimeoutS: number;
  /** With both: after so many receives a message goes there. */
  readonly maxReceiveCount?: number;
  readonly deadLetterName?: string;
}

/** A part of the local stack that is up. */
export interface LocalSqs {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The same after a restart on the same port. Throws on a name that was not asked for. */
  queueUrl(name: string): string;
  close(): Promise<void>;
}

/** The region is part of a queue's ARN; fauxqs takes it from the signature of the call that makes the queue. */
const region = 'us-east-1';

/**
 * SQS's protocol on 127.0.0.1, by fauxqs, in memory. `port`: 0 lets the system choose. Rejects when the port is
 * taken.
 */
export async function startSqs({
  port = 0,
  queues,
}: {
  readonly port?: number;
  readonly queues: readonly LocalQueue[];
}): Promise<LocalSqs> {
  const app = buildApp({ logger: false });
  const url = await app.listen({ port, host: '127.0.0.1' });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient(sdkOptions({ region, endpoint: url, credentials }));
  const urls = new Map<string, string>();
  try {
    // A queue's dead-letter queue has to be there before it.
    const ordered = queues.toSorted((a, b) => Number(!!a.deadLetterName) - Number(!!b.deadLetterName));
    for (const queue of ordered) urls.set(queue.name, `${url}${await makeQueue(client, queue)}`);
  } catch (error) {
    await app.close();
    throw error;
  } finally {
    client.destroy();
  }
  return {
    url,
    queueUrl(name) {
      const queueUrl = urls.get(name);
      if (queueUrl === undefined)
        throw new Error(`no queue ${name}: there are ${[...urls.keys()].join(', ')}`);
      return queueUrl;
    },
    close: () => app.close(),
  };
}

/** The path of the queue's URL: fauxqs names a host in it that needs not resolve here. */
async function makeQueue(client: SQSClient, queue: LocalQueue): Promise<string> {
  const { name, visibilityTimeoutS, maxReceiveCount, deadLetterName } = queue;
  const redrive = deadLetterName !== undefined && maxReceiveCount !== undefined;
  const command = new CreateQueueCommand({
    QueueName: name,
    Attributes: {
      VisibilityTimeout: String(visibilityTimeoutS),
      ...(redrive && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${region}:000000000000:${deadLetterName}`,
          maxReceiveCount,
        }),
      }),
    },
  });
  const { QueueUrl: queueUrl } = await client.send(command);
  if (queueUrl === undefined) throw new Error(`fauxqs gave no URL for the queue ${name}`);
  return new URL(queueUrl).pathname;
}
