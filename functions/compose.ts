import { createChangeStore } from '../lib/dynamodb/change-store.ts';
import { createDynamoDbClient } from '../lib/dynamodb/client.ts';
import { createEraser } from '../lib/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/dynamodb/refresh-archive.ts';
import { createSnapshotStore } from '../lib/dynamodb/snapshot-store.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { createGeweClient } from '../lib/gewe/client.ts';
import { systemClock } from '../lib/runtime/clock.ts';
import {
  callersFrom,
  keyringSourceFrom,
  policyFrom,
  readConfig,
  type SettingsReader,
} from '../lib/runtime/config.ts';
import { cachedKeyring, keyringOf, secretText } from '../lib/runtime/keyring.ts';
import { createLog } from '../lib/runtime/log.ts';
import { createMetrics } from '../lib/runtime/metrics.ts';
import { createMetricsWatcher } from '../lib/runtime/metrics-watcher.ts';
import { newNonce, newRefreshSuffix } from '../lib/runtime/random.ts';
import { createOpener, createSealer } from '../lib/runtime/sealing.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { createReceipt } from '../lib/sqs/receipt.ts';
import { createRefreshQueue } from '../lib/sqs/refresh-queue.ts';

// The one place that joins the adapters: what each function needs, and no more. The bundler drops from a function
// what its group does not name, and a fault in the environment shows at the function's start.

type Env = Readonly<Record<string, string | undefined>>;

const clock = systemClock;

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
    const source = keyringSourceFrom(read);
    const { log, watcher } = reportFrom(read);
    const keyOf =
      'keys' in source
        ? keyringOf(source.keys)
        : cachedKeyring(secretText(locationFrom(read), source.secretId), clock);
    const ports = {
      records: createRecordStore(table, newNonce),
      snapshots: createSnapshotStore(table),
      changes: createChangeStore(table, clock),
      eraser: createEraser(table),
      queue: queueFrom(read),
      opener: createOpener(keyOf),
      upstream: createGeweClient({ baseUrl: read(userSettings.geweBaseUrl), onCall: watcher.called }),
      clock,
      policy: policyFrom(read),
      newOwner: newNonce,
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
    const ports = { records, eraser: createEraser(table), clock, watcher };
    return { ports, receiptOf: receiptsFrom(read, wiringSettings.deadLetterQueueUrl), log };
  });
}

export function composeReport(env: Env) {
  return readConfig(env, reportFrom);
}

/** What is told of the run: to people, and to CloudWatch. */
function reportFrom(read: SettingsReader) {
  const count = createMetrics(read.optional(wiringSettings.metricsStage), clock.now);
  return { log: createLog(read(userSettings.logLevel)), watcher: createMetricsWatcher(count, clock) };
}

function locationFrom(read: SettingsReader) {
  return { region: read(wiringSettings.region) };
}

function tableFrom(read: SettingsReader): Table {
  return { client: createDynamoDbClient(locationFrom(read)), name: read(wiringSettings.tableName) };
}

function queueFrom(read: SettingsReader) {
  return createRefreshQueue(createSqsClient(locationFrom(read)), read(wiringSettings.queueUrl));
}

function receiptsFrom(read: SettingsReader, queue: typeof wiringSettings.queueUrl) {
  const client = createSqsClient(locationFrom(read));
  const queueUrl = read(queue);
  return (receiptHandle: string) => createReceipt(client, queueUrl, receiptHandle);
}
