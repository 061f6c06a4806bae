import { expect, it } from 'vitest';
import type { EndedRefresh } from '../domain/record.ts';
import type { Watcher } from '../domain/watcher.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsWatcher } from './metrics-watcher.ts';

const nowMs = 1_795_000_000_000;

/** What is counted when `tell` tells the watcher something, without what every line has. */
function counted(tell: (watcher: Watcher) => void): object[] {
  const lines: string[] = [];
  const count = createMetrics(
    'dev',
    () => nowMs,
    (line) => lines.push(line),
  );
  tell(createMetricsWatcher(count, { now: () => nowMs }));
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
  createdAtMs: nowMs - 12_345,
  endedAtMs: nowMs,
};

it('counts a refresh that succeeded, and how long it took', () => {
  expect(counted((watcher) => watcher.ended(ended))).toEqual([
    { Outcome: 'succeeded', RefreshesEnded: 1 },
    { RefreshDurationS: 12.3 },
    { UpstreamFailures: 0 },
  ]);
});

it('counts a refresh that failed at GeWe once more, beside those that succeeded', () => {
  const failed: EndedRefresh = { ...ended, status: 'failed', error: 'upstream-timeout' };
  expect(counted((watcher) => watcher.ended(failed))).toEqual([
    { Outcome: 'upstream-timeout', RefreshesEnded: 1 },
    { UpstreamFailures: 1 },
  ]);
});

it('counts a refresh that failed by its class, and not its time: that is the time of the retries', () => {
  const failed: EndedRefresh = { ...ended, status: 'failed', error: 'device-offline' };
  expect(counted((watcher) => watcher.ended(failed))).toEqual([
    { Outcome: 'device-offline', RefreshesEnded: 1 },
  ]);
});

it('tells the age of a list, which is never less than nothing', () => {
  expect(counted((watcher) => watcher.served(nowMs - 86_400_000))).toEqual([{ ListAgeS: 86_400 }]);
  expect(counted((watcher) => watcher.served(nowMs + 5_000))).toEqual([{ ListAgeS: 0 }]);
});

it('counts a start that found a refresh that ended a moment ago as joined', () => {
  const starts = counted((watcher) => {
    for (const how of ['begun', 'joined', 'recent'] as const) watcher.started(how);
  });
  expect(starts).toEqual([{ StartsBegun: 1 }, { StartsJoined: 1 }, { StartsJoined: 1 }]);
});

it('tells how long a call to GeWe took, and for log queries what came of it', () => {
  const calls = counted((watcher) => {
    watcher.called({ operation: 'list', durationMs: 240_000, outcome: 'upstream-timeout' });
    watcher.called({ operation: 'cached', durationMs: 80, outcome: 'empty', httpStatus: 200 });
  });
  expect(calls).toEqual([
    { Operation: 'list', UpstreamDurationMs: 240_000, upstreamOutcome: 'upstream-timeout' },
    { Operation: 'cached', UpstreamDurationMs: 80, upstreamOutcome: 'empty', httpStatus: 200 },
  ]);
});

it('counts refusals, dead letters and requests that were not served', () => {
  const rest = counted((watcher) => {
    watcher.refused('memory');
    watcher.buried();
    watcher.notServed();
  });
  expect(rest).toEqual([
    { Reason: 'memory', GuardRefusals: 1 },
    { DeadLetters: 1 },
    { RequestsNotServed: 1 },
  ]);
});

it('counts the devices that were due, all of one outcome at once or one by one', () => {
  const due = counted((watcher) => {
    watcher.due('begun', 25);
    watcher.due('deferred');
  });
  expect(due).toEqual([
    { DueOutcome: 'begun', DueDevices: 25 },
    { DueOutcome: 'deferred', DueDevices: 1 },
  ]);
});

it('counts what events and callbacks led to, each by what became of it', () => {
  const handled = counted((watcher) => {
    watcher.eventDropped('malformed');
    watcher.callbackHandled('room');
    watcher.relayed('given-up');
    watcher.chatroomCalled('success');
  });
  expect(handled).toEqual([
    { DropReason: 'malformed', EventsDropped: 1 },
    { Effect: 'room', CallbacksHandled: 1 },
    { RelayOutcome: 'given-up', RelayAttempts: 1 },
    { ChatroomOutcome: 'success', ChatroomCalls: 1 },
  ]);
});
