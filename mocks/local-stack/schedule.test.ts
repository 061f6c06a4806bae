import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Invocation } from './functions.ts';
import { scheduledEvent, startSchedule } from './schedule.ts';
import { periodOf } from './serverless-config.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(2 hours)', 7_200_000],
  ['rate(1 day)', 86_400_000],
])('knows %s', (expression, periodMs) => {
  expect(periodOf(expression)).toBe(periodMs);
});

it.each(['rate(0 minutes)', 'rate(1 second)', 'cron(0 1 * * ? *)', ''])('refuses "%s"', (expression) => {
  expect(() => periodOf(expression)).toThrow('only rate(…)');
});

it('makes the event of a schedule as EventBridge does', () => {
  expect(scheduledEvent('every-minute', 1_795_000_000_123)).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2026-11-18T11:06:40Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/every-minute'],
    detail: {},
  });
});

/** A schedule of a minute, whose function ends when it is told how. */
function everyMinute() {
  const ends: ((how: Invocation) => void)[] = [];
  const lines: string[] = [];
  const schedule = startSchedule({
    name: 'every-minute',
    everyMs: 60_000,
    invoke: () => new Promise((resolve) => ends.push(resolve)),
    log: (line) => lines.push(line),
  });
  return { ends, lines, schedule };
}

it('runs after each period, but not beside a run that takes longer', async () => {
  const { ends, schedule } = everyMinute();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(ends).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(121_000);
  expect(ends).toHaveLength(1);
  ends[0]?.({ kind: 'answered', payload: null });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ends).toHaveLength(2);
  schedule.stop();
  ends[1]?.({ kind: 'answered', payload: null });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(ends).toHaveLength(2);
});

it('says that a run failed, and goes on', async () => {
  const { ends, lines, schedule } = everyMinute();
  await vi.advanceTimersByTimeAsync(60_000);
  ends[0]?.({ kind: 'crashed', reason: 'broken' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(['every-minute: the function failed (broken); the next run will do it']);
  expect(ends).toHaveLength(2);
  schedule.stop();
});
