import { receiveCallback } from '../lib/callbacks/receive.ts';
import { acknowledgement, incomingOf, inTime } from '../lib/http/incoming-callback.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeReceiver } from './compose-callbacks.ts';

const { ports, report } = composeReceiver(process.env);

/**
 * Where GeWe posts callbacks: `receiveCallback` (200, 404, 413, 503; `openapi.yaml`). It keeps them and knows nothing of
 * what they say; `process-callback.ts` works them out.
 */
export const handler = httpHandler(
  async (event) => acknowledgement(await inTime(receiveCallback(incomingOf(event), ports))),
  report,
);
