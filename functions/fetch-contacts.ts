import { parseMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-batch.ts';
import { fetchContacts } from '../lib/refresh/run-step.ts';
import { composeWorker } from './compose.ts';

const { ports, ...batch } = composeWorker(process.env);

/** Serves the refresh queue, one step of a refresh a message (see `lib/refresh/refresh-rules.ts`). */
export const handler = queueHandler(
  parseMessage,
  (message, handle, run) => fetchContacts(message, handle, ports, run),
  batch,
);
