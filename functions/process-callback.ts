import { processCallback } from '../lib/app/process-callback.ts';
import { parseCallbackMessage } from '../lib/sqs/callback-messages.ts';
import { queueHandler } from '../lib/sqs/serve-batch.ts';
import { composeProcessor } from './compose-callbacks.ts';

const { ports, ...batch } = composeProcessor(process.env);

/** Serves the callback queue: sends callbacks on to the relay, does what they mean, and asks GeWe about chatrooms. */
export const handler = queueHandler(
  parseCallbackMessage,
  (message, receipt, run) => processCallback(message, receipt, ports, run),
  batch,
);
