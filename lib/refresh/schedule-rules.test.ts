import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../device/policy.test-data.ts';
import { dueAgainMs, type Policy } from '../device/policy.ts';
import { type DeviceRecord, isOpen } from '../device/record.ts';
import { subscribe } from '../device/subscription-rules.ts';
import { begin, claim, settle, start } from './refresh-rules.ts';
import {
  beginsAtMs,
  busyUntilMs,
  expectedCallMs,
  meanMs,
  phaseMsOf,
  roomMs,
  slotsForSchedule,
  startDue,
  unknownPace,
  unsent,
  wakeDelaysS,
  withDevice,
} from './schedule-rules.ts';

const t0 = 1_750_000_000_000;
const s = 1_000;
const minute = 60 * s;
const policy: Policy = { ...defaultPolicy, retryDelaysMs: [] };
const suffix = 'a'.repeat(16);
const nobody = { phaseMs: 0, busyUntilMs: 0 };

function stored({ next }: { next?: DeviceRecord }): DeviceRecord {
  if (next === undefined) throw new Error('nothing was decided to be stored');
  return next;
}

const subscribedFor = (everyMs: number) =>
  stored(subscribe(undefined, { everyMs, onCallbacks: true }, 'subscrib', t0));

/** A refresh that began when the subscription was made and took so long. */
function refreshed(everyMs: number, tookMs: number, error?: 'device-offline'): DeviceRecord {
  const begun = stored(begin(subscribedFor(everyMs), { nowMs: t0, trigger: 'api', suffix }, policy));
  const message = { refreshId: begun.refresh?.id ?? '', step: 1 };
  const running = stored(claim(begun, message, { owner: 'worker', nowMs: t0 }, policy));
  const snapshot = {
    slot: 'A' as const,
    digest: 'd',
    partDigests: ['p'],
    counts: { friends: 1, chatrooms: 0, ghs: 0 },
    asOfMs: t0,
    receivedAtMs: t0,
    changedAtMs: t0,
  };
  const event = error
    ? ({ kind: 'failed', work: 'list', class: error } as const)
    : ({ kind: 'unchanged', work: 'list' } as const);
  const held = { ...message, owner: 'worker' };
  return stored(settle({ ...running, snapshot }, held, event, t0 + tookMs, policy));
}

describe('when a refresh begins', () => {
  it('is a time that it shares with others, soon enough for its period, or now', () => {
    const times = fc.record({
      nowMs: fc.integer({ min: t0, max: t0 + 24 * 60 * minute }),
      everyMs: fc.integer({ min: minute, max: 30 * 24 * 60 * minute }),
      phaseMs: fc.integer({ min: 0, max: 5 * minute }),
    });
    fc.assert(
      fc.property(times, ({ nowMs, everyMs, phaseMs }) => {
        const atMs = beginsAtMs(nowMs, everyMs, { phaseMs, busyUntilMs: 0 });
        const waitsMs = atMs - nowMs;
        expect(waitsMs).toBeGreaterThanOrEqual(0);
        expect(waitsMs).toBeLessThanOrEqual(Math.min(5 * minute, everyMs / 12));
        if (everyMs < 24 * minute) expect(waitsMs).toBe(0);
        else expect((atMs - phaseMs) % minute).toBe(0);
        if (everyMs >= 60 * minute) expect((atMs - phaseMs) % (5 * minute)).toBe(0);
      }),
    );
  });

  it('is the same for all that are due between two such times', () => {
    const fromMs = Math.floor(t0 / (5 * minute)) * 5 * minute;
    const begins = [0, 1, 2.5, 4.99].map((past) => beginsAtMs(fromMs + past * minute, 60 * minute, nobody));
    expect(new Set(begins)).toEqual(new Set([fromMs + 5 * minute]));
  });

  it('is another time for another deployment', () => {
    const phases = Array.from({ length: 1_000 }, (_, index) => phaseMsOf(`https://sqs/${index}/schedule`));
    expect(phases.every((phaseMs) => phaseMs % s === 0 && phaseMs >= 0 && phaseMs < 5 * minute)).toBe(true);
    expect(new Set(phases).size).toBeGreaterThan(250);
    expect(phaseMsOf('https://sqs/1/schedule')).toBe(phases[1]);
  });

  it('is now when there is enough to do until the next such time', () => {
    const fromMs = Math.floor(t0 / (5 * minute)) * 5 * minute;
    const at = (busyUntilMs: number) => beginsAtMs(fromMs, 60 * minute, { phaseMs: 0, busyUntilMs });
    expect(at(fromMs + 5 * minute - 1)).toBe(fromMs + 5 * minute);
    expect(at(fromMs + 5 * minute)).toBe(fromMs);
  });
});

describe('what is put in line', () => {
  const capacity = { runs: 2, callsPerRun: 5 };

  it('costs what refreshes took, succeeded or failed, within bounds', () => {
    const records = [
      refreshed(60 * minute, 10 * s),
      refreshed(60 * minute, 50 * s, 'device-offline'),
      refreshed(60 * minute, 0),
      refreshed(60 * minute, 11 * minute),
    ];
    const pace = records.reduce(withDevice, unknownPace);
    expect(records.map((record) => expectedCallMs(record, pace))).toEqual([10 * s, 50 * s, s, 600 * s]);
    expect(meanMs(pace)).toBe((10 + 50 + 1 + 600) * 250);
  });

  it('costs the mean for a device that was never refreshed or is being refreshed, and 20 s when nothing is known', () => {
    const never = subscribedFor(60 * minute);
    const underWay = stored(begin(never, { nowMs: t0, trigger: 'api', suffix }, policy));
    for (const record of [undefined, never, underWay]) {
      expect(expectedCallMs(record, unknownPace)).toBe(20 * s);
      const pace = [refreshed(60 * minute, 8 * s), refreshed(60 * minute, 12 * s), record].reduce(
        withDevice,
        unknownPace,
      );
      expect(expectedCallMs(record, pace)).toBe(10 * s);
    }
  });

  it('leaves a list call in 25 to callers, and one at the least where a run has more', () => {
    expect([1, 2, 10, 25, 26, 50].map(slotsForSchedule)).toEqual([1, 1, 9, 24, 24, 48]);
  });

  it('is what the list calls that are allowed work off within six minutes, less what is in line', () => {
    expect(roomMs(0, unknownPace, capacity)).toBe(10 * 6 * minute);
    expect(roomMs(30, unknownPace, capacity)).toBe(10 * 6 * minute - 30 * 20 * s);
    expect(roomMs(1_000, unknownPace, capacity)).toBeLessThan(0);
  });

  it('keeps the list calls busy for as long as it takes, and always where a minute of it takes nearly a minute', () => {
    const until = (visible: number, due: number) => busyUntilMs({ visible, due }, unknownPace, capacity, t0);
    expect(until(20, 10)).toBe(t0 + 60 * s);
    expect(until(500, 26)).toBe(t0 + 526 * 2 * s);
    expect(until(0, 27)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the messages that wake runs', () => {
  const capacity = { runs: 3, callsPerRun: 10 };
  const onGridMs = Math.floor(t0 / (5 * minute)) * 5 * minute;
  const wakes = (visible: number, delayed: number, nowMs: number, inFlight = 0) =>
    wakeDelaysS({ visible, delayed, inFlight }, capacity, nowMs, 0);

  it('are none when nothing is in line', () => {
    expect(wakes(0, 0, onGridMs)).toEqual([]);
  });

  it('are as many as what is visible fills, a second apart, and never more than there may be runs', () => {
    expect(wakes(1, 0, onGridMs)).toEqual([0]);
    expect(wakes(21, 0, onGridMs)).toEqual([0, 1, 2]);
    expect(wakes(10_000, 0, onGridMs)).toEqual([0, 1, 2]);
  });

  it('are none for runs that are at work', () => {
    expect(wakes(10_000, 0, onGridMs, 30)).toEqual([]);
    expect(wakes(10_000, 0, onGridMs, 15)).toEqual([0]);
    expect(wakes(5, 0, onGridMs, 5)).toEqual([]);
    expect(wakes(5, 0, onGridMs, 10)).toEqual([0]);
    expect(wakes(0, 0, onGridMs, 10)).toEqual([]);
  });

  it('come when what is delayed is begun together, and are one at other minutes', () => {
    expect(wakes(0, 15, onGridMs - 40 * s)).toEqual([42, 43]);
    expect(wakes(0, 15, onGridMs - 100 * s)).toEqual([42]);
    expect(wakes(5, 15, onGridMs - 40 * s)).toEqual([0, 42, 43]);
  });

  it('all come before the schedule looks again, or a little later, however many runs there are', () => {
    const many = wakeDelaysS(
      { visible: 20_000, delayed: 0, inFlight: 0 },
      { runs: 400, callsPerRun: 50 },
      onGridMs,
      0,
    );
    expect(many).toHaveLength(400);
    expect(Math.max(...many)).toBeLessThan(60);
  });
});

describe('a device that is due', () => {
  const hourly = subscribedFor(60 * minute);
  const dueMs = t0 + 60 * minute;
  let serial = 0;
  const request = (nowMs: number, phaseMs = 0) => {
    serial += 1;
    return { nowMs, suffix: String(serial).padStart(16, '0'), phaseMs, busyUntilMs: 0 };
  };
  /** So that the next time to begin together is two minutes away. */
  const phaseMs = (dueMs + 2 * minute) % (5 * minute);

  it('begins its refresh together with others, and is not looked at again before its next period', () => {
    const { next, outcome } = startDue(hourly, request(dueMs, phaseMs), policy);
    expect(outcome).toMatchObject({ kind: 'begun', send: { delayS: 120 } });
    expect(next?.subscription?.dueAtMs).toBe(dueMs + 60 * minute);
    expect(startDue(next, request(dueMs + s), policy).outcome.kind).toBe('not-due');
  });

  it('does not move in the index when that refresh succeeds', () => {
    const begun = stored(startDue(hourly, request(dueMs, phaseMs), policy));
    const message = { refreshId: begun.refresh?.id ?? '', step: 1 };
    const beginsMs = dueMs + 2 * minute;
    const running = stored(claim(begun, message, { owner: 'worker', nowMs: beginsMs }, policy));
    const snapshot = refreshed(60 * minute, s).snapshot;
    const held = { ...message, owner: 'worker' };
    const { next } = settle(
      { ...running, ...(snapshot && { snapshot }) },
      held,
      { kind: 'unchanged', work: 'list' },
      beginsMs + 20 * s,
      policy,
    );
    expect(next?.refresh?.status).toBe('succeeded');
    expect(next?.subscription?.dueAtMs).toBe(begun.subscription?.dueAtMs);
    expect(next?.expectedMs).toBe(20 * s);
  });

  it('is looked at again in half an hour where its next period is far', () => {
    const daily = subscribedFor(24 * 60 * minute);
    const { next } = startDue(daily, request(t0 + 24 * 60 * minute), policy);
    expect(next?.subscription?.dueAtMs).toBe(t0 + 24 * 60 * minute + dueAgainMs);
  });

  it('joins a refresh that is still under way at its next period, and is looked at again in half an hour', () => {
    const begun = stored(startDue(hourly, request(dueMs, phaseMs), defaultPolicy));
    const againMs = dueMs + 60 * minute;
    const { next, outcome } = startDue(begun, request(againMs), defaultPolicy);
    // Nobody ever claimed it: its message was lost.
    expect(outcome).toMatchObject({ kind: 'joined', send: { delayS: 0, step: 1 } });
    expect(next?.subscription?.dueAtMs).toBe(againMs + dueAgainMs);
  });

  it('is looked at when it was to begin, if its message could not be sent, which is sent then', () => {
    const { next, outcome } = startDue(hourly, request(dueMs, phaseMs), policy);
    if (outcome.kind !== 'begun' || !outcome.send) throw new Error('nothing was begun');
    const kept = stored(unsent(next, outcome.send, dueMs + s));
    expect(kept.subscription?.dueAtMs).toBe(dueMs + 2 * minute);
    const again = startDue(kept, request(dueMs + 2 * minute, phaseMs), policy);
    expect(again.outcome).toMatchObject({ kind: 'joined', send: { ...outcome.send, delayS: 0 } });
    const another = { refreshId: 'another', step: 1 };
    expect(unsent(next, another, dueMs + s)).toEqual({ outcome: undefined });
    expect(unsent(undefined, outcome.send, dueMs + s)).toEqual({ outcome: undefined });
  });

  it('is begun at once by a caller who waits for it', () => {
    const { next } = startDue(hourly, request(dueMs, phaseMs), policy);
    const joined = start(next, { nowMs: dueMs + s, trigger: 'api', suffix: 'b'.repeat(16) }, policy);
    expect(joined.outcome).toMatchObject({ kind: 'joined', send: { delayS: 0 } });
    const scheduled = start(next, { nowMs: dueMs + s, trigger: 'schedule', suffix: 'b'.repeat(16) }, policy);
    expect(scheduled.outcome).not.toHaveProperty('send');
  });

  it('waits for the next period when a refresh has just ended', () => {
    const failed = refreshed(600 * s, 599 * s, 'device-offline');
    const due = failed.subscription && { ...failed.subscription, dueAtMs: t0 + 600 * s };
    const { next, outcome } = startDue(
      { ...failed, ...(due && { subscription: due }) },
      request(t0 + 600 * s),
      policy,
    );
    expect(outcome.kind).toBe('recent');
    expect(next?.subscription?.dueAtMs).toBe(t0 + 1_200 * s);
  });

  it('begins at once with a period that leaves no time to wait, and after its last refresh has become old enough', () => {
    const everyMinute = subscribedFor(minute);
    const first = stored(startDue(everyMinute, request(t0 + minute), policy));
    expect(first.refresh && isOpen(first.refresh) && first.refresh.notBeforeMs).toBe(t0 + minute);
  });

  it('is not due before its time, or without a schedule', () => {
    expect(startDue(hourly, request(dueMs - s), policy)).toEqual({ outcome: { kind: 'not-due' } });
    expect(startDue(undefined, request(dueMs), policy)).toEqual({ outcome: { kind: 'not-due' } });
  });
});
