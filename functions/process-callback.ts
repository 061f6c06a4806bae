import { parseCallbackMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-batch.ts';
import { processCallback } from '../lib/callbacks/process.ts';
import { composeProcessor } from './compose-callbacks.ts';

const { ports, ...batch } = composeProcessor(process.env);

/** Serves the callback queue: sends callbacks on to the relay, does what they mean, and asks GeWe about chatrooms. */
export const handler = queueHandler(
  parseCallbackMessage,
  (message, handle, run) => processCallback(message, handle, ports, run),
  batch,
);
