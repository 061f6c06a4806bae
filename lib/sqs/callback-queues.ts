import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CallbackQueue, RelayQueue } from '../domain/callback-ports.ts';
import { sendJson } from './send-json.ts';

/** A message's body is the message as JSON; `parseCallbackMessage` reads it. */
export function createCallbackQueue(client: SQSClient, queueUrl: string): CallbackQueue {
  return { send: (message, delayS) => sendJson(client, queueUrl, message, delayS) };
}

/** Likewise; `parseRelayMessage` reads it. */
export function createRelayQueue(client: SQSClient, queueUrl: string): RelayQueue {
  return { send: (message, delayS) => sendJson(client, queueUrl, message, delayS) };
}
