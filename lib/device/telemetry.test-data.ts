import type { Telemetry } from './telemetry.ts';

const nothing = () => undefined;

/** Counts nothing. */
export const silentTelemetry: Telemetry = {
  started: nothing,
  ended: nothing,
  served: nothing,
  called: nothing,
  listRejected: nothing,
  deadLetterHandled: nothing,
  requestFailed: nothing,
  due: nothing,
  callbackHandled: nothing,
  eventDropped: nothing,
  forwardAttempted: nothing,
  roomInfoFetched: nothing,
};
