import type { Clock } from '../device/ports.ts';
import type { Telemetry } from '../device/telemetry.ts';
import type { Count } from './metrics.ts';

/** Counts what happens as metrics. */
export function createMetricsTelemetry(count: Count, clock: Pick<Clock, 'now'>): Telemetry {
  return {
    started: (how) => count(how === 'begun' ? 'StartsBegun' : 'StartsJoined', 1, {}),
    ended({ status, error, createdAtMs, startedAtMs = createdAtMs, endedAtMs }) {
      if (status === 'succeeded') {
        count('RefreshesEnded', 1, { Outcome: 'succeeded' });
        count('RefreshDurationS', seconds(endedAtMs - startedAtMs), {});
        count('UpstreamFailures', 0, {});
      } else if (error !== undefined) {
        count('RefreshesEnded', 1, { Outcome: error });
        // A caller's own fault says nothing about GeWe, and neither does a fault of this service.
        if (error.startsWith('upstream-')) count('UpstreamFailures', 1, {});
      }
    },
    served: (asOfMs) => count('ListAgeS', seconds(clock.now() - asOfMs), {}),
    called: ({ operation, durationMs, outcome, httpStatus }) =>
      count(
        'UpstreamDurationMs',
        durationMs,
        { Operation: operation },
        { upstreamOutcome: outcome, httpStatus },
      ),
    listRejected: (why) => count('ListsRejected', 1, { Reason: why }),
    deadLetterHandled: () => count('DeadLetters', 1, {}),
    requestFailed: () => count('RequestsFailed', 1, {}),
    due: (how, devices = 1) => count('DueDevices', devices, { DueOutcome: how }),
    callbackHandled: (effect) => count('CallbacksHandled', 1, { Effect: effect }),
    eventDropped: (why) => count('EventsDropped', 1, { DropReason: why }),
    forwardAttempted: (outcome) => count('ForwardAttempts', 1, { ForwardOutcome: outcome }),
    roomInfoFetched: (outcome) => count('ChatroomCalls', 1, { ChatroomOutcome: outcome }),
  };
}

/** Clocks of two machines may differ: no time is shorter than nothing. */
function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 100) / 10);
}
