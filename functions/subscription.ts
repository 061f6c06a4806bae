import { deviceKeyOf } from '../lib/device/keys.ts';
import { deleteSubscription, readSubscription, upsertSubscription } from '../lib/device/subscribe.ts';
import { secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { putAnswer, subscriptionAnswer, subscriptionInputOf } from '../lib/http/subscription-answer.ts';
import { composeSubscriber } from './compose-events.ts';

const { ports, allowedTokenHashes, shortestPeriodMs, report } = composeSubscriber(process.env);

/**
 * The permission to refresh a device without its caller: `putSubscription` (200, 201), `getSubscription` (200, 404) and
 * `deleteSubscription` (204) of the resource (`openapi.yaml`).
 */
export const handler = httpHandler(async (event, signal) => {
  const secret = secretOf(event, allowedTokenHashes);
  const deviceKey = deviceKeyOf(secret.token, secret.appId);
  const nowMs = ports.clock.now();
  switch (event.requestContext.http.method) {
    case 'PUT':
      return putAnswer(
        deviceKey,
        await upsertSubscription(secret, subscriptionInputOf(event, shortestPeriodMs), ports, signal),
        nowMs,
      );
    case 'DELETE':
      await deleteSubscription(deviceKey, ports);
      return { statusCode: 204 };
    default:
      return subscriptionAnswer(200, deviceKey, await readSubscription(deviceKey, ports), nowMs);
  }
}, report);
