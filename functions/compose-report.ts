import type { Telemetry } from '../lib/device/telemetry.ts';
import type { SettingsReader } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock } from '../lib/system/clock.ts';
import { createLog, toStdout } from '../lib/telemetry/log.ts';
import { createMetrics } from '../lib/telemetry/metrics.ts';
import { createMetricsTelemetry } from '../lib/telemetry/metrics-telemetry.ts';

// What every composition needs, apart from compose-shared.ts: a function that imports only this loads no SDK.

export type Env = Readonly<Record<string, string | undefined>>;

export const clock = systemClock;

/**
 * Where the functions report to: on AWS, lines on standard output. `npm start`, which runs them in its own process, puts
 * others in their place before it loads the functions, to show people what happens.
 */
export const reporting = {
  write: toStdout,
  observe: (telemetry: Telemetry): Telemetry => telemetry,
};

/** What is told of the run: to people, and to CloudWatch. */
export function reportFrom(read: SettingsReader) {
  const write = (line: string) => reporting.write(line);
  const count = createMetrics(read.optional(wiringSettings.metricsStage), clock.now, write);
  return {
    log: createLog(read(userSettings.logLevel), write),
    telemetry: reporting.observe(createMetricsTelemetry(count, clock)),
  };
}
