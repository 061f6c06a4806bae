import { deleteCallback, readCallback, upsertCallback } from '../lib/callbacks/register.ts';
import {
  callbackAnswer,
  callbackInputOf,
  putCallbackAnswer,
  urlBaseOf,
} from '../lib/http/callback-answer.ts';
import { tokenOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeCallbackKeeper } from './compose-callbacks.ts';

const { ports, allowedTokenHashes, publicBaseUrl, report } = composeCallbackKeeper(process.env);

/**
 * The one URL that GeWe posts a token's events to: `putCallback` (200, 201), `getCallback` (200, 404) and `deleteCallback`
 * (204) of the resource (`openapi.yaml`).
 */
export const handler = httpHandler(async (event, signal) => {
  const token = tokenOf(event, allowedTokenHashes);
  const urlBase = urlBaseOf(event, publicBaseUrl);
  switch (event.requestContext.http.method) {
    case 'PUT':
      return putCallbackAnswer(
        await upsertCallback(token, callbackInputOf(event, publicBaseUrl), ports, signal),
        urlBase,
      );
    case 'DELETE':
      await deleteCallback(token, ports);
      return { statusCode: 204 };
    default:
      return callbackAnswer(200, await readCallback(token, ports), urlBase);
  }
}, report);
