import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createChangeStore } from '../lib/aws/dynamodb/change-store.ts';
import { createEraser } from '../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { createGeweClient } from '../lib/gewe/client.ts';
import { createResealer } from '../lib/sealing/resealer.ts';
import { createOpener, createSealer } from '../lib/sealing/token-sealing.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { eventsFrom, handlesFrom, keyringFrom, queueFrom, tableFrom } from './compose-shared.ts';

// The one place that joins the adapters: what each function needs, and no more. The bundler drops from a function
// what its group does not name, and a fault in the environment shows at the function's start.

/** Only reads: no queue, no key. */
export function composeReader(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const report = reportFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      snapshots: createSnapshotStore(table),
      changes: createChangeStore(table, clock),
      archive: createRefreshArchive(table, clock),
      telemetry: report.telemetry,
    };
    return { ports, ...callersFrom(read), clock, report };
  });
}

/** Can seal a token, and not open one. */
export function composeStarter(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const records = createRecordStore(table, newNonce);
    const report = reportFrom(read);
    const { telemetry } = report;
    const ports = {
      records,
      archive: createRefreshArchive(table, clock),
      queue: queueFrom(read),
      sealer: createSealer(read(wiringSettings.sealingPublicKey)),
      clock,
      policy: policyFrom(read),
      newRefreshSuffix,
      telemetry,
    };
    return {
      ports,
      reader: { records, snapshots: createSnapshotStore(table), telemetry },
      ...callersFrom(read),
      defaultWaitMs: read(userSettings.defaultWait),
      clock,
      report,
    };
  });
}

export function composeEraser(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      eraser: createEraser(table),
      queue: queueFrom(read),
      clock,
    };
    return { ports, ...callersFrom(read), report: reportFrom(read) };
  });
}

/** The only one that opens tokens and calls GeWe. */
export function composeWorker(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, telemetry } = reportFrom(read);
    const keyring = keyringFrom(read);
    const opener = createOpener(keyring);
    const ports = {
      records: createRecordStore(table, newNonce),
      snapshots: createSnapshotStore(table),
      changes: createChangeStore(table, clock),
      eraser: createEraser(table),
      queue: queueFrom(read),
      archive: createRefreshArchive(table, clock),
      subscriptions: createSubscriptionStore(table),
      tokens: createAcceptedTokens(table, clock),
      events: eventsFrom(read),
      opener,
      resealer: createResealer(keyring, opener),
      upstream: createGeweClient({ baseUrl: read(userSettings.geweBaseUrl), onCall: telemetry.called }),
      clock,
      policy: policyFrom(read),
      newOwner: newNonce,
      newRefreshSuffix,
      telemetry,
    };
    return { ports, handleOf: handlesFrom(read, wiringSettings.queueUrl), log };
  });
}

/** Serves the dead letters. */
export function composeDeadLetterHandler(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, telemetry } = reportFrom(read);
    const records = createRecordStore(table, newNonce);
    const ports = { records, eraser: createEraser(table), events: eventsFrom(read), clock, telemetry };
    return { ports, handleOf: handlesFrom(read, wiringSettings.deadLetterQueueUrl), log };
  });
}

export function composeReport(env: Env) {
  return readConfig(env, reportFrom);
}
