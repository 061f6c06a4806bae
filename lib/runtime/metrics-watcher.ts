import type { Clock } from '../domain/ports.ts';
import type { Watcher } from '../domain/watcher.ts';
import type { Count } from './metrics.ts';

/** Counts what happens as metrics. */
export function createMetricsWatcher(count: Count, clock: Pick<Clock, 'now'>): Watcher {
  return {
    started: (how) => count(how === 'begun' ? 'StartsBegun' : 'StartsJoined', 1, {}),
    ended({ status, error, createdAtMs, endedAtMs }) {
      if (status === 'succeeded') {
        count('RefreshesEnded', 1, { Outcome: 'succeeded' });
        count('RefreshDurationS', seconds(endedAtMs - createdAtMs), {});
        count('UpstreamFailures', 0, {});
      } else if (error !== undefined) {
        count('RefreshesEnded', 1, { Outcome: error });
        // A caller's own fault says nothing of GeWe, and one of ours neither.
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
    refused: (why) => count('GuardRefusals', 1, { Reason: why }),
    buried: () => count('DeadLetters', 1, {}),
    notServed: () => count('RequestsNotServed', 1, {}),
    due: (how, devices = 1) => count('DueDevices', devices, { DueOutcome: how }),
    callbackHandled: (effect) => count('CallbacksHandled', 1, { Effect: effect }),
    eventDropped: (why) => count('EventsDropped', 1, { DropReason: why }),
    relayed: (outcome) => count('RelayAttempts', 1, { RelayOutcome: outcome }),
    chatroomCalled: (outcome) => count('ChatroomCalls', 1, { ChatroomOutcome: outcome }),
  };
}

/** Clocks of two machines may differ: no time is shorter than nothing. */
function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 100) / 10);
}
