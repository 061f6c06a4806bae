import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Receipt } from '../domain/ports.ts';
import { answered, assertWholeSeconds } from './calls.ts';

/** Longest hiding of one receipt: 12 hours (SQS quota). */
const maxHiddenS = 43_200;

/** The hold on one received message. Throws `QueueUnavailable`, and `RangeError` on a time SQS has not. */
export function createReceipt(client: SQSClient, queueUrl: string, receiptHandle: string): Receipt {
  return {
    async hideFor(seconds) {
      assertWholeSeconds('seconds', seconds, maxHiddenS);
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await answered('ChangeMessageVisibility', client.send(command));
    },
  };
}
