import { relayCallback } from '../lib/app/relay-callback.ts';
import { parseRelayMessage } from '../lib/sqs/relay-messages.ts';
import { queueHandler } from '../lib/sqs/serve-batch.ts';
import { composeRelay } from './compose-relay.ts';

const { ports, ...batch } = composeRelay(process.env);

/** Serves the relay queue: forwards a callback to the target of its token, for a day (`receiveCallback` of `openapi.yaml`). */
export const handler = queueHandler(
  parseRelayMessage,
  (message, receipt, run) => relayCallback(message, receipt, ports, run.signal),
  batch,
);
