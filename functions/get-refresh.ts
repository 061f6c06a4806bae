import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { appliedHeader, preferencesOf } from '../lib/http/preferences.ts';
import { refreshIdOf, seenRefreshAnswer } from '../lib/http/refresh-answer.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { awaitEnd } from '../lib/refresh/read.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    archive: createRefreshArchive(table, clock),
    clock,
  };
  return { ports, ...callersFrom(read), report: reportFrom(read) };
});

/** How a refresh is going: `getRefresh` of the REST API (200, 404; `openapi.yaml`). It only reads, and waits when it is asked to. */
export const handler = httpHandler(async (request, signal) => {
  const { deviceKey } = deviceOf(request, allowedTokenHashes);
  const refreshId = refreshIdOf(request);
  const preferences = preferencesOf(request.header('prefer'));
  const seen = await awaitEnd(deviceKey, refreshId, preferences.waitMs ?? 0, ports, signal);
  return seenRefreshAnswer(seen, clock.now(), appliedHeader(preferences));
}, report);
