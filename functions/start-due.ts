import type { Context } from 'aws-lambda';
import { startDueDevices } from '../lib/refresh/start-due.ts';
import { composeSchedule } from './compose-events.ts';

const { ports, log } = composeSchedule(process.env);

/** Time left to end in an orderly way when the function's time is up. */
const lastMs = 3_000;

/** Serves the schedule, once a minute: begins the refreshes that are due. What it does not get to, the next minute does. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - lastMs));
  const { taken } = await startDueDevices(ports, signal);
  log.info('due devices handled', { count: taken });
}
