import { systemClock } from '../lib/runtime/clock.ts';
import type { SettingsReader } from '../lib/runtime/config.ts';
import { createLog } from '../lib/runtime/log.ts';
import { createMetrics } from '../lib/runtime/metrics.ts';
import { createMetricsWatcher } from '../lib/runtime/metrics-watcher.ts';
import { userSettings } from '../lib/runtime/settings.ts';
import { wiringSettings } from '../lib/runtime/wiring-settings.ts';

// What every composition needs, apart from compose-shared.ts: a function that imports only this loads no SDK.

export type Env = Readonly<Record<string, string | undefined>>;

export const clock = systemClock;

/** What is told of the run: to people, and to CloudWatch. */
export function reportFrom(read: SettingsReader) {
  const count = createMetrics(read.optional(wiringSettings.metricsStage), clock.now);
  return { log: createLog(read(userSettings.logLevel)), watcher: createMetricsWatcher(count, clock) };
}
