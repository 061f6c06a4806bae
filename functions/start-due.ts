import { createDueIndex } from '../lib/aws/dynamodb/due-index.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createBulkArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { phaseMsOf, slotsForSchedule } from '../lib/refresh/schedule-rules.ts';
import { startDueDevices } from '../lib/refresh/start-due.ts';
import { policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { refreshQueueFrom, scheduleQueueFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, log } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const sqs = sqsFrom(read);
  const { log, telemetry } = reportFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    archive: createBulkArchive(table),
    subscriptions: createSubscriptionStore(table),
    index: createDueIndex(table),
    queue: refreshQueueFrom(read, sqs),
    scheduleQueue: scheduleQueueFrom(read, sqs),
    capacity: {
      runs: read(wiringSettings.listCallRuns),
      callsPerRun: slotsForSchedule(read(wiringSettings.listCallsPerRun)),
    },
    phaseMs: phaseMsOf(read(wiringSettings.scheduleQueueUrl)),
    clock,
    policy: policyFrom(read),
    newRefreshSuffix,
    telemetry,
  };
  return { ports, log };
});

/** Time left to end in an orderly way when the function's time is up. */
const lastMs = 3_000;

/** What Lambda says about a run. */
interface Run {
  getRemainingTimeInMillis(): number;
}

/** Serves the schedule, once a minute: begins the refreshes that are due. What it does not get to, the next minute does. */
export async function handler(_event: unknown, run: Run): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, run.getRemainingTimeInMillis() - lastMs));
  const { taken } = await startDueDevices(ports, signal);
  log.info('due devices handled', { count: taken });
}
