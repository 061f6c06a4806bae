import { expect, it } from 'vitest';
import type { EndedRefresh } from '../device/record.ts';
import type { Telemetry } from '../device/telemetry.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsTelemetry } from './metrics-telemetry.ts';

const nowMs = 1_795_000_000_000;

/** What is counted when `tell` tells the telemetry something, without what every line has. */
function counted(tell: (telemetry: Telemetry) => void): object[] {
  const lines: string[] = [];
  const count = createMetrics(
    'dev',
    () => nowMs,
    (line) => lines.push(line),
  );
  tell(createMetricsTelemetry(count, { now: () => nowMs }));
  return lines.map((line) => {
    const { _aws, Stage, ...rest } = JSON.parse(line);
    return rest;
  });
}

const ended: EndedRefresh = {
  id: '0000001-0123456789abcdef',
  trigger: 'api',
  attempt: 1,
  status: 'succeeded',
  createdAtMs: nowMs - 300_000,
  startedAtMs: nowMs - 12_345,
  endedAtMs: nowMs,
};

it('counts a refresh that succeeded, and how long it took', () => {
  expect(counted((telemetry) => telemetry.ended(ended))).toEqual([
    { Outcome: 'succeeded', RefreshesEnded: 1 },
    { RefreshDurationS: 12.3 },
    { UpstreamFailures: 0 },
  ]);
});

it('counts a refresh that failed at GeWe once more, beside those that succeeded', () => {
  const failed: EndedRefresh = { ...ended, status: 'failed', error: 'upstream-timeout' };
  expect(counted((telemetry) => telemetry.ended(failed))).toEqual([
    { Outcome: 'upstream-timeout', RefreshesEnded: 1 },
    { UpstreamFailures: 1 },
  ]);
});

it('counts a refresh that failed by its class, and not its time: that is the time of the retries', () => {
  const failed: EndedRefresh = { ...ended, status: 'failed', error: 'device-offline' };
  expect(counted((telemetry) => telemetry.ended(failed))).toEqual([
    { Outcome: 'device-offline', RefreshesEnded: 1 },
  ]);
});

it('tells the age of a list, which is never less than nothing', () => {
  expect(counted((telemetry) => telemetry.served(nowMs - 86_400_000))).toEqual([{ ListAgeS: 86_400 }]);
  expect(counted((telemetry) => telemetry.served(nowMs + 5_000))).toEqual([{ ListAgeS: 0 }]);
});

it('counts a start that found a refresh that ended a moment ago as joined', () => {
  const starts = counted((telemetry) => {
    for (const how of ['begun', 'joined', 'recent'] as const) telemetry.started(how);
  });
  expect(starts).toEqual([{ StartsBegun: 1 }, { StartsJoined: 1 }, { StartsJoined: 1 }]);
});

it('tells how long a call to GeWe took, and for log queries what came of it', () => {
  const calls = counted((telemetry) => {
    telemetry.called({ operation: 'list', durationMs: 240_000, outcome: 'upstream-timeout' });
    telemetry.called({ operation: 'cached', durationMs: 80, outcome: 'empty', httpStatus: 200 });
  });
  expect(calls).toEqual([
    { Operation: 'list', UpstreamDurationMs: 240_000, upstreamOutcome: 'upstream-timeout' },
    { Operation: 'cached', UpstreamDurationMs: 80, upstreamOutcome: 'empty', httpStatus: 200 },
  ]);
});

it('counts listRejections, dead letters and requests that were not served', () => {
  const rest = counted((telemetry) => {
    telemetry.listRejected('stale-cache');
    telemetry.deadLetterHandled();
    telemetry.requestFailed();
  });
  expect(rest).toEqual([
    { Reason: 'stale-cache', ListsRejected: 1 },
    { DeadLetters: 1 },
    { RequestsFailed: 1 },
  ]);
});

it('counts the devices that were due, all of one outcome at once or one by one', () => {
  const due = counted((telemetry) => {
    telemetry.due('begun', 25);
    telemetry.due('deferred');
  });
  expect(due).toEqual([
    { DueOutcome: 'begun', DueDevices: 25 },
    { DueOutcome: 'deferred', DueDevices: 1 },
  ]);
});

it('counts what events and callbacks led to, each by what became of it', () => {
  const handled = counted((telemetry) => {
    telemetry.eventDropped('malformed');
    telemetry.callbackHandled('room');
    telemetry.forwardAttempted('given-up');
    telemetry.roomInfoFetched('success');
  });
  expect(handled).toEqual([
    { DropReason: 'malformed', EventsDropped: 1 },
    { Effect: 'room', CallbacksHandled: 1 },
    { ForwardOutcome: 'given-up', ForwardAttempts: 1 },
    { ChatroomOutcome: 'success', ChatroomCalls: 1 },
  ]);
});
