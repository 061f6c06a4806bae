import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { MessageHandle } from '../../device/ports.ts';
import { answered, createMessageHandle } from './queue.ts';

/** A message as it was received. */
export interface Received {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it has been received, this time included. */
  readonly receives: number;
}

/** A queue that a function takes messages from by itself. All throw `QueueUnavailable`. */
export interface SourceQueue {
  /** Up to `most` (1 to 10) messages; waits up to `waitS` (0 to 20) for the first. */
  receive(most: number, waitS: number): Promise<readonly Received[]>;
  delete(receiptHandle: string): Promise<void>;
  handleOf(receiptHandle: string): MessageHandle;
}

export function createSourceQueue(client: SQSClient, queueUrl: string): SourceQueue {
  return {
    async receive(most, waitS) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: waitS,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const { Messages: messages = [] } = await answered('ReceiveMessage', client.send(command));
      return messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        receives: Number(Attributes.ApproximateReceiveCount ?? 1),
      }));
    },

    async delete(receiptHandle) {
      const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle });
      await answered('DeleteMessage', client.send(command));
    },

    handleOf: (receiptHandle) => createMessageHandle(client, queueUrl, receiptHandle),
  };
}
