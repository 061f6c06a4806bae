import type { Telemetry } from '../device/telemetry.ts';
import type { SettingsReader } from '../settings/read-settings.ts';
import { userSettings } from '../settings/user-settings.ts';
import { wiringSettings } from '../settings/wiring-settings.ts';
import { systemClock } from '../system/clock.ts';
import { createLog, toStdout } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsTelemetry } from './metrics-telemetry.ts';

/**
 * Where the functions report to: on AWS, lines on standard output. `npm start`, which runs them in its own process, puts
 * others in their place before it loads the functions, to show people what happens.
 */
export const reporting = {
  write: toStdout,
  observe: (telemetry: Telemetry): Telemetry => telemetry,
};

/** What a function reports with, as its settings say: a log for people, and telemetry for CloudWatch. */
export function reportFrom(read: SettingsReader) {
  const write = (line: string) => reporting.write(line);
  const count = createMetrics(read.optional(wiringSettings.metricsStage), systemClock.now, write);
  return {
    log: createLog(read(userSettings.logLevel), write),
    telemetry: reporting.observe(createMetricsTelemetry(count, systemClock)),
  };
}
