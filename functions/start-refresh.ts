import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { isOpen } from '../lib/device/record.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { preferencesOf } from '../lib/http/preferences.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { listStartAnswer, resourceStartAnswer } from '../lib/http/start-answer.ts';
import { readContacts } from '../lib/refresh/read.ts';
import { startRefresh } from '../lib/refresh/start.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { refreshQueueFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, defaultWaitMs, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const report = reportFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    snapshots: createSnapshotStore(table),
    archive: createRefreshArchive(table, clock),
    queue: refreshQueueFrom(read, sqsFrom(read)),
    sealer: createSealer(read(wiringSettings.sealingPublicKey)),
    clock,
    policy: policyFrom(read),
    newRefreshSuffix,
    telemetry: report.telemetry,
  };
  return { ports, ...callersFrom(read), defaultWaitMs: read(userSettings.defaultWait), report };
});

/**
 * Starts or joins a refresh: `fetchContactsList` of the GeWe-compatible API, which waits for the list as clients expect, and
 * `startRefresh` of the REST API (202, or 200 when it has ended; `openapi.yaml`). It can seal a token, and not open one.
 */
export const handler = httpHandler(async (request, signal) => {
  const owner = deviceOf(request, allowedTokenHashes);
  const preferences = preferencesOf(request.header('prefer'));
  const waitMs = preferences.waitMs ?? (request.surface === 'gewe' ? defaultWaitMs : 0);
  const started = await startRefresh({ owner, trigger: 'api', waitMs }, ports, signal);
  const { deviceKey, refresh, how } = started;
  report.log.info('refresh requested', { deviceKey, refreshId: refresh.id, how });
  if (request.surface === 'rest') return resourceStartAnswer(started, preferences, clock.now());
  const stored = isOpen(refresh) ? undefined : await readContacts(deviceKey, ports);
  return listStartAnswer(started, stored, preferences, request.header('accept-encoding'), clock.now());
}, report);
