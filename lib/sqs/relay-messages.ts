import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RelayMessage, SealedBody } from '../domain/callback-ports.ts';
import type { DeadLetters } from '../domain/relay-ports.ts';
import { answered } from './calls.ts';
import { isCount, isText, membersOf, objectOf } from './message-members.ts';

/** The message in the body of a record of the relay queue; undefined when it is none. Members not known are left out. */
export function parseRelayMessage(text: string): RelayMessage | undefined {
  const members = membersOf(text);
  const { kind, callbackKey, deliveryId, headerId, receivedAtMs, contentType } = members;
  const body = sealedBodyOf(members.body);
  if (kind !== 'relay' || body === undefined || !isCount(receivedAtMs)) return undefined;
  if (!isText(callbackKey) || !isText(deliveryId) || !isText(headerId)) return undefined;
  if (typeof contentType !== 'string') return undefined;
  return { kind, callbackKey, deliveryId, headerId, receivedAtMs, contentType, body };
}

/** Undefined when it is neither a text nor a number of parts, or both. */
export function sealedBodyOf(value: unknown): SealedBody | undefined {
  const { sealed, parts } = objectOf(value);
  if (isText(sealed) && parts === undefined) return { sealed };
  return isCount(parts) && sealed === undefined ? { parts } : undefined;
}

/** The message as it was: what is put back into the relay queue by hand is read from it again. */
export function createDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send(message) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      await answered('SendMessage', client.send(command));
    },
  };
}
