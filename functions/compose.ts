import { createAcceptedTokens } from '../lib/dynamodb/accepted-tokens.ts';
import { createChangeStore } from '../lib/dynamodb/change-store.ts';
import { createEraser } from '../lib/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../lib/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../lib/dynamodb/subscription-store.ts';
import { createGeweClient } from '../lib/gewe/client.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/runtime/config.ts';
import { newNonce, newRefreshSuffix } from '../lib/runtime/random.ts';
import { createResealer } from '../lib/runtime/resealer.ts';
import { createOpener, createSealer } from '../lib/runtime/sealing.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { eventsFrom, keyringFrom, queueFrom, receiptsFrom, tableFrom } from './compose-shared.ts';

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
      watcher: report.watcher,
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
    const { watcher } = report;
    const ports = {
      records,
      archive: createRefreshArchive(table, clock),
      queue: queueFrom(read),
      sealer: createSealer(read(wiringSettings.sealingPublicKey)),
      clock,
      policy: policyFrom(read),
      newRefreshSuffix,
      watcher,
    };
    return {
      ports,
      reader: { records, snapshots: createSnapshotStore(table), watcher },
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
    const { log, watcher } = reportFrom(read);
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
      upstream: createGeweClient({ baseUrl: read(userSettings.geweBaseUrl), onCall: watcher.called }),
      clock,
      policy: policyFrom(read),
      newOwner: newNonce,
      newRefreshSuffix,
      watcher,
    };
    return { ports, receiptOf: receiptsFrom(read, wiringSettings.queueUrl), log };
  });
}

/** Serves the dead letters. */
export function composeGravedigger(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, watcher } = reportFrom(read);
    const records = createRecordStore(table, newNonce);
    const ports = { records, eraser: createEraser(table), events: eventsFrom(read), clock, watcher };
    return { ports, receiptOf: receiptsFrom(read, wiringSettings.deadLetterQueueUrl), log };
  });
}

export function composeReport(env: Env) {
  return readConfig(env, reportFrom);
}
