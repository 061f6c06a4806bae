import type { SettingsReader } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock } from '../lib/system/clock.ts';
import { createLog } from '../lib/telemetry/log.ts';
import { createMetrics } from '../lib/telemetry/metrics.ts';
import { createMetricsTelemetry } from '../lib/telemetry/metrics-telemetry.ts';

// What every composition needs, apart from compose-shared.ts: a function that imports only this loads no SDK.

export type Env = Readonly<Record<string, string | undefined>>;

export const clock = systemClock;

/** What is told of the run: to people, and to CloudWatch. */
export function reportFrom(read: SettingsReader) {
  const count = createMetrics(read.optional(wiringSettings.metricsStage), clock.now);
  return { log: createLog(read(userSettings.logLevel)), telemetry: createMetricsTelemetry(count, clock) };
}
