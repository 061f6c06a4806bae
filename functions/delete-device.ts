import { deviceKeyOf } from '../lib/device/keys.ts';
import { secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { eraseDevice } from '../lib/refresh/erase.ts';
import { composeEraser } from './compose.ts';

const { ports, allowedTokenHashes, report } = composeEraser(process.env);

/** Erases everything kept for a device: `eraseDevice` of the resource (204; `openapi.yaml`). */
export const handler = httpHandler(async (event) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  await eraseDevice(deviceKeyOf(token, appId), ports);
  return { statusCode: 204 };
}, report);
