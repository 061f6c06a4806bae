import { isRefreshId } from '../lib/contract/validators.generated.js';
import { deviceKeyOf } from '../lib/device/keys.ts';
import { Fault } from '../lib/http/faults.ts';
import { preferencesOf } from '../lib/http/preferences.ts';
import { refreshAnswer } from '../lib/http/refresh-answer.ts';
import { headerOf, secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { appliedHeader } from '../lib/http/start-answer.ts';
import { awaitEnd } from '../lib/refresh/read.ts';
import { composeReader } from './compose.ts';

const { ports, allowedTokenHashes, clock, report } = composeReader(process.env);

/** How a refresh is going: `getRefresh` of the resource (200, 404; `openapi.yaml`). It only reads. */
export const handler = httpHandler(async (event, signal) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  const refreshId = event.pathParameters?.refreshId;
  if (!isRefreshId(refreshId)) throw new Fault('refresh-not-found');
  const preferences = preferencesOf(headerOf(event, 'prefer'));
  const seen = await awaitEnd(
    deviceKeyOf(token, appId),
    refreshId,
    preferences.waitMs ?? 0,
    { ...ports, clock },
    signal,
  );
  if (seen === undefined) throw new Fault('refresh-not-found');
  return refreshAnswer(200, seen, clock.now(), appliedHeader(preferences));
}, report);
