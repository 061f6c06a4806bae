import { randomUUID } from 'node:crypto';
import type { ScheduledEvent } from 'aws-lambda';
import type { Invocation } from './functions.ts';
import { eventTime, localArn } from './local-aws.ts';

/** What EventBridge invokes the function of a schedule with. */
export function scheduledEvent(ruleName: string, nowMs: number): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: eventTime(nowMs),
    region: 'us-east-1',
    resources: [localArn('events', `rule/${ruleName}`)],
    detail: {},
  };
}

/**
 * Invokes a function at the rate of its schedule, for the first time after one period. A run that takes longer than
 * that is not joined by another one, and one that fails is left to the next.
 */
export function startSchedule(schedule: {
  readonly name: string;
  readonly everyMs: number;
  readonly invoke: (event: ScheduledEvent) => Promise<Invocation>;
  readonly log: (line: string) => void;
}): { stop(): void } {
  const { name, everyMs, invoke, log } = schedule;
  let running = false;
  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    const result = await invoke(scheduledEvent(name, Date.now()));
    running = false;
    if (result.kind !== 'answered')
      log(`${name}: the function failed (${result.reason}); the next run will do it`);
  };
  const timer = setInterval(() => void run(), everyMs);
  return { stop: () => clearInterval(timer) };
}
