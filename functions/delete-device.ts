import { createEraser } from '../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { eraseDevice } from '../lib/refresh/erase.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { refreshQueueFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    eraser: createEraser(table),
    queue: refreshQueueFrom(read, sqsFrom(read)),
    clock,
  };
  return { ports, ...callersFrom(read), report: reportFrom(read) };
});

/** Erases everything kept for a device: `eraseDevice` of the REST API (204; `openapi.yaml`). */
export const handler = httpHandler(async (request) => {
  await eraseDevice(deviceOf(request, allowedTokenHashes).deviceKey, ports);
  return { status: 204 };
}, report);
