import { fetchContacts } from '../lib/app/fetch-contacts.ts';
import { parseMessage } from '../lib/sqs/message-parser.ts';
import { queueHandler } from '../lib/sqs/serve-batch.ts';
import { composeWorker } from './compose.ts';

const { ports, ...batch } = composeWorker(process.env);

/** Serves the refresh queue, one step of a refresh a message (see `lib/domain/refresh.ts`). */
export const handler = queueHandler(
  parseMessage,
  (message, receipt, run) => fetchContacts(message, receipt, ports, run),
  batch,
);
