import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { hasList, storedListAnswer } from '../lib/http/list-answer.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { readContacts } from '../lib/refresh/read.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const report = reportFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    snapshots: createSnapshotStore(table),
    telemetry: report.telemetry,
  };
  return { ports, ...callersFrom(read), report };
});

/**
 * The stored list, at once: `fetchContactsListCache` of the GeWe-compatible API, and `getContacts` of the REST API (200, 304,
 * 404; `openapi.yaml`). It calls nobody but the table, and writes nothing.
 */
export const handler = httpHandler(async (request) => {
  const { deviceKey } = deviceOf(request, allowedTokenHashes);
  const stored = await readContacts(deviceKey, ports, (digest) => hasList(request, digest));
  return storedListAnswer(stored, request, clock.now());
}, report);
