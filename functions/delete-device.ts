import { eraseDevice } from '../lib/app/erase-device.ts';
import { deviceKeyOf } from '../lib/domain/keys.ts';
import { secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeEraser } from './compose.ts';

const { ports, allowedTokenHashes, report } = composeEraser(process.env);

/** Erases everything kept for a device: `eraseDevice` of the resource (204; `openapi.yaml`). */
export const handler = httpHandler(async (event) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  await eraseDevice(deviceKeyOf(token, appId), ports);
  return { statusCode: 204 };
}, report);
