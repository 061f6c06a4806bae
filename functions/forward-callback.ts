import { parseForwardMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-batch.ts';
import { forwardCallback } from '../lib/callbacks/forward.ts';
import { composeForwarder } from './compose-relay.ts';

const { ports, ...batch } = composeForwarder(process.env);

/** Serves the relay queue: forwards a callback to the target of its token, for a day (`receiveCallback` of `openapi.yaml`). */
export const handler = queueHandler(
  parseForwardMessage,
  (message, handle, run) => forwardCallback(message, handle, ports, run.signal),
  batch,
);
