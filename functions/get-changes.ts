import { deviceKeyOf } from '../lib/device/keys.ts';
import { changesAnswer, sinceOf } from '../lib/http/changes-answer.ts';
import { secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { readChanges } from '../lib/refresh/read.ts';
import { composeReader } from './compose.ts';

const { ports, allowedTokenHashes, report } = composeReader(process.env);

/** What came and went since a list the caller has: `getChanges` of the resource (200, 404, 410; `openapi.yaml`). */
export const handler = httpHandler(async (event) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  const since = sinceOf(event);
  return changesAnswer(since, await readChanges(deviceKeyOf(token, appId), since, ports));
}, report);
