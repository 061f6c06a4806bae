import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { deleteCallback, readCallback, upsertCallback } from '../lib/callbacks/register.ts';
import { createGeweAccount } from '../lib/gewe/account.ts';
import {
  callbackAnswer,
  callbackInputOf,
  putCallbackAnswer,
  urlBaseOf,
} from '../lib/http/callback-answer.ts';
import { callbackOf } from '../lib/http/caller.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newSalt } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { createTargetCheck } from '../lib/webhook/target.ts';
import { tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, publicBaseUrl, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    callbacks: createCallbackStore(table),
    tokens: createAcceptedTokens(table, clock),
    account: createGeweAccount({ baseUrl: read(userSettings.geweBaseUrl) }),
    targets: createTargetCheck({ allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW' }),
    clock,
    newSalt,
  };
  const publicBaseUrl = read.optional(userSettings.publicBaseUrl);
  return { ports, ...callersFrom(read), publicBaseUrl, report: reportFrom(read) };
});

/**
 * The one URL that GeWe posts a token's events to: `putCallback` (200, 201), `getCallback` (200, 404) and `deleteCallback`
 * (204) of the REST API (`openapi.yaml`). It asks GeWe whether it accepts a token, and registers the URL there.
 */
export const handler = httpHandler(async (request, signal) => {
  const owner = callbackOf(request, allowedTokenHashes);
  const urlBase = urlBaseOf(request, publicBaseUrl);
  switch (request.method) {
    case 'PUT': {
      const input = callbackInputOf(request, publicBaseUrl);
      return putCallbackAnswer(await upsertCallback(owner, input, ports, signal), urlBase);
    }
    case 'DELETE':
      await deleteCallback(owner, ports);
      return { status: 204 };
    default:
      return callbackAnswer(200, await readCallback(owner, ports), urlBase);
  }
}, report);
