import { parseMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-batch.ts';
import { handleDeadLetter } from '../lib/refresh/dead-letter.ts';
import { composeDeadLetterHandler } from './compose.ts';

const { ports, ...batch } = composeDeadLetterHandler(process.env);

/** Serves the dead letters of the refresh queue: the refresh that a message was to carry on fails, and says so. */
export const handler = queueHandler(
  parseMessage,
  (message, handle) => handleDeadLetter(message, handle, ports),
  batch,
);
