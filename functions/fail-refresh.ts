import { buryRefresh } from '../lib/app/bury-refresh.ts';
import { parseMessage } from '../lib/sqs/message-parser.ts';
import { queueHandler } from '../lib/sqs/serve-batch.ts';
import { composeGravedigger } from './compose.ts';

const { ports, ...batch } = composeGravedigger(process.env);

/** Serves the dead letters of the refresh queue: the refresh that a message was to carry on fails, and says so. */
export const handler = queueHandler(
  parseMessage,
  (message, receipt) => buryRefresh(message, receipt, ports),
  batch,
);
