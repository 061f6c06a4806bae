import type { SettingsReader } from '../settings/read-settings.ts';
import { userSettings } from '../settings/user-settings.ts';
import { wiringSettings } from '../settings/wiring-settings.ts';
import { systemClock } from '../system/clock.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsTelemetry } from './metrics-telemetry.ts';

/** Where a function reports: a log for people, and telemetry for CloudWatch, as its settings say. */
export function reportFrom(read: SettingsReader) {
  const count = createMetrics(read.optional(wiringSettings.metricsStage), systemClock.now);
  return {
    log: createLog(read(userSettings.logLevel)),
    telemetry: createMetricsTelemetry(count, systemClock),
  };
}
