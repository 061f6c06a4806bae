import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { deleteSubscription, readSubscription, upsertSubscription } from '../lib/device/subscribe.ts';
import { createGeweAccount } from '../lib/gewe/account.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { httpHandler } from '../lib/http/stack.ts';
import {
  putSubscriptionAnswer,
  subscriptionAnswer,
  subscriptionInputOf,
} from '../lib/http/subscription-answer.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce, newSubscriptionSuffix } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, shortestMs, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    subscriptions: createSubscriptionStore(table),
    tokens: createAcceptedTokens(table, clock),
    account: createGeweAccount({ baseUrl: read(userSettings.geweBaseUrl) }),
    sealer: createSealer(read(wiringSettings.sealingPublicKey)),
    clock,
    newSubscriptionSuffix,
  };
  const shortestMs = read(userSettings.minRefreshInterval);
  return { ports, ...callersFrom(read), shortestMs, report: reportFrom(read) };
});

/**
 * The permission to refresh a device without its caller: `putSubscription` (200, 201), `getSubscription` (200, 404) and
 * `deleteSubscription` (204) of the REST API (`openapi.yaml`). It asks GeWe whether it accepts the token, and seals it.
 */
export const handler = httpHandler(async (request, signal) => {
  const owner = deviceOf(request, allowedTokenHashes);
  const { deviceKey } = owner;
  const nowMs = clock.now();
  switch (request.method) {
    case 'PUT': {
      const input = subscriptionInputOf(request, shortestMs);
      return putSubscriptionAnswer(deviceKey, await upsertSubscription(owner, input, ports, signal), nowMs);
    }
    case 'DELETE':
      await deleteSubscription(deviceKey, ports);
      return { status: 204 };
    default:
      return subscriptionAnswer(200, deviceKey, await readSubscription(deviceKey, ports), nowMs);
  }
}, report);
