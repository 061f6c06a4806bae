import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../device/policy.test-data.ts';
import type { Policy } from '../device/policy.ts';
import type { DeviceRecord, OpenRefresh } from '../device/record.ts';
import type { WorkOutcome } from './refresh-rules.ts';
import { asSeen, claim, erase, failFromDeadLetter, notSent, renew, settle, start } from './refresh-rules.ts';

const t0 = 1_750_000_000_000;
const s = 1_000;
const policy: Policy = { ...defaultPolicy, retryDelaysMs: [15 * s, 60 * s] };
const snapshot = {
  slot: 'A' as const,
  digest: 'digest',
  partDigests: ['part'],
  counts: { friends: 30, chatrooms: 0, ghs: 0 },
  asOfMs: t0,
  receivedAtMs: t0,
  changedAtMs: t0,
};

function stored<T extends { next?: DeviceRecord }>(decision: T): DeviceRecord {
  if (decision.next === undefined) throw new Error('nothing was decided to be stored');
  return decision.next;
}

function openIn(record: DeviceRecord): OpenRefresh {
  const { refresh } = record;
  if (refresh === undefined || !('deadlineAtMs' in refresh)) throw new Error('no open refresh');
  return refresh;
}

const begin = (record?: DeviceRecord, nowMs = t0, suffix = 'a'.repeat(16)) =>
  start(record, { nowMs, trigger: 'api', suffix }, policy);

function claimed(record: DeviceRecord, nowMs: number, owner = 'one'): DeviceRecord {
  const { id, step } = openIn(record);
  return stored(claim(record, { refreshId: id, step }, { owner, nowMs }, policy));
}

function settled(record: DeviceRecord, event: WorkOutcome, nowMs: number, owner = 'one') {
  const { id, step } = openIn(record);
  return settle(record, { refreshId: id, step, owner }, event, nowMs, policy);
}

const succeededAt = (nowMs: number) =>
  stored(
    settled(
      claimed(stored(begin()), t0),
      { kind: 'changed', work: 'list', snapshot, result: { counts: snapshot.counts, added: 30, removed: 0 } },
      nowMs,
    ),
  );
const refusedAt = (nowMs: number, error: 'device-offline' | 'upstream-error') =>
  stored(settled(claimed(stored(begin()), t0), { kind: 'failed', work: 'list', class: error }, nowMs));

describe('a start', () => {
  it('begins a refresh where there is none, with a message to send and a deadline', () => {
    const { next, outcome } = begin();
    expect(outcome).toMatchObject({ kind: 'begun', send: { step: 1, delayS: 0 } });
    expect(next).toMatchObject({ rev: 1, refresh: { status: 'queued', attempt: 0 } });
  });

  it('joins the one under way, and sends nothing while its message may still arrive', () => {
    const decision = begin(stored(begin()), t0 + 9 * s, 'b'.repeat(16));
    expect(decision.outcome).toMatchObject({ kind: 'joined', refresh: { id: `0000001-${'a'.repeat(16)}` } });
    expect(decision.next).toBeUndefined();
    expect(decision.outcome).not.toHaveProperty('send');
  });

  it('sends the message of a queued one again after 10 s, and not again for another 10 s', () => {
    const again = begin(stored(begin()), t0 + 10 * s, 'b'.repeat(16));
    expect(again.outcome).toMatchObject({ kind: 'joined', send: { step: 1 } });
    expect(begin(stored(again), t0 + 19 * s, 'c'.repeat(16)).outcome).not.toHaveProperty('send');
  });

  it('sends at once the message that is known not to have been sent', () => {
    const record = stored(begin());
    const unsent = stored(notSent(record, { refreshId: openIn(record).id, step: 1 }));
    expect(begin(unsent, t0 + 1, 'b'.repeat(16)).outcome).toHaveProperty('send');
  });

  it('sends again for a running one only when its lease is dead', () => {
    const running = claimed(stored(begin()), t0);
    expect(begin(running, t0 + 29 * s, 'b'.repeat(16)).outcome).not.toHaveProperty('send');
    expect(begin(running, t0 + 30 * s, 'b'.repeat(16)).outcome).toHaveProperty('send');
  });

  it('does not send before the time that the message is meant for', () => {
    const waiting = refusedAt(t0 + s, 'upstream-error');
    expect(begin(waiting, t0 + 15 * s, 'b'.repeat(16)).outcome).not.toHaveProperty('send');
  });

  it('finds its own refresh begun when the answer of its compareAndSet was lost', () => {
    expect(begin(stored(begin()), t0).outcome).toMatchObject({ kind: 'begun', send: { step: 1 } });
  });

  it('is answered by one that succeeded less than the interval ago, and begins anew after it', () => {
    const record = succeededAt(t0 + s);
    expect(begin(record, t0 + 60 * s).outcome.kind).toBe('recent');
    expect(begin(record, t0 + 61 * s).outcome.kind).toBe('begun');
  });

  it('is answered by one that failed in a way that repeating cannot help, for the cooldown', () => {
    const record = refusedAt(t0 + s, 'device-offline');
    expect(begin(record, t0 + 30 * s).outcome.kind).toBe('recent');
    expect(begin(record, t0 + 31 * s).outcome.kind).toBe('begun');
  });

  it('begins anew where the last one is past its deadline, and keeps that one as abandoned', () => {
    const record = stored(begin());
    const { deadlineAtMs, id } = openIn(record);
    const decision = begin(record, deadlineAtMs, 'b'.repeat(16));
    expect(decision.outcome.kind).toBe('begun');
    expect(decision.archive).toMatchObject({
      id,
      status: 'failed',
      error: 'abandoned',
    });
  });

  it('archives the ended refresh whose place it takes, as long as that can be read', () => {
    const record = stored(begin());
    const { id, deadlineAtMs } = openIn(record);
    const suffix = '1'.padStart(16, '0');
    expect(begin(record, deadlineAtMs, suffix).archive).toMatchObject({ id, error: 'abandoned' });
    expect(begin(record, deadlineAtMs + 24 * 3_600 * s, suffix).archive).toBeUndefined();
    expect(begin().archive).toBeUndefined();
  });
});

describe('a claim', () => {
  it('stores that a list call begins, before it does', () => {
    const record = claimed(stored(begin()), t0 + s);
    expect(record.call).toMatchObject({ startedAtMs: t0 + s });
    expect(openIn(record)).toMatchObject({ status: 'running', attempt: 1, lease: { owner: 'one' } });
  });

  it('is refused while the lease of another lives: the message hides until then', () => {
    const record = claimed(stored(begin()), t0);
    const { id, step } = openIn(record);
    const outcome = claim(record, { refreshId: id, step }, { owner: 'two', nowMs: t0 + s }, policy).outcome;
    expect(outcome).toEqual({ kind: 'wait', untilMs: t0 + 30 * s });
  });

  it('that takes over a dead lease looks into the cache: the call may still be at work', () => {
    const record = claimed(stored(begin()), t0);
    const { id, step } = openIn(record);
    const decision = claim(record, { refreshId: id, step }, { owner: 'two', nowMs: t0 + 31 * s }, policy);
    expect(decision.outcome).toMatchObject({ kind: 'work', work: 'poll', call: { startedAtMs: t0 } });
    expect(openIn(stored(decision)).attempt).toBe(1);
  });

  it('of an earlier step makes sure that the current message is on its way', () => {
    const record = refusedAt(t0 + s, 'upstream-error');
    const { id } = openIn(record);
    const { outcome } = claim(
      record,
      { refreshId: id, step: 1 },
      { owner: 'two', nowMs: t0 + 2 * s },
      policy,
    );
    expect(outcome).toEqual({ kind: 'resend', send: { refreshId: id, step: 2, delayS: 14 } });
  });

  it('of another or an ended refresh, or of an erased device, is dropped', () => {
    const ended = succeededAt(t0 + s);
    const worker = { owner: 'two', nowMs: t0 + 2 * s };
    const message = { refreshId: ended.refresh?.id ?? '', step: 1 };
    for (const record of [undefined, ended, stored(erase(ended, t0))]) {
      expect(claim(record, message, worker, policy)).toEqual({ outcome: { kind: 'drop' } });
    }
  });

  it('is lost to whoever took over: renewing and settling change nothing', () => {
    const first = claimed(stored(begin()), t0, 'one');
    const { id, step } = openIn(first);
    const second = claimed(first, t0 + 31 * s, 'two');
    const lost = { refreshId: id, step, owner: 'one' };
    expect(renew(second, lost, t0 + 32 * s, policy)).toEqual({ outcome: false });
    const event: WorkOutcome = { kind: 'nothing-new' };
    expect(settle(second, lost, event, t0 + 32 * s, policy)).toEqual({ outcome: { kind: 'stale' } });
  });
});

describe('the end of a step', () => {
  it('with a lost call goes on with the cache, at once, for its window', () => {
    const record = claimed(stored(begin()), t0);
    const { next, outcome } = settled(record, { kind: 'lost', class: 'upstream-timeout' }, t0 + 240 * s);
    expect(outcome).toMatchObject({ kind: 'continued', send: { step: 2, delayS: 0 } });
    expect(next?.call).toMatchObject({ startedAtMs: t0, mayRunUntilMs: t0 + 840 * s });
  });

  it('with silence polls on within the window, and tries again with a list call after it', () => {
    const polling = claimed(
      stored(settled(claimed(stored(begin()), t0), { kind: 'lost', class: 'upstream-error' }, t0 + s)),
      t0 + s,
    );
    expect(settled(polling, { kind: 'nothing-new' }, t0 + 30 * s).outcome).toMatchObject({
      send: { delayS: 10 },
    });
    const after = settled(polling, { kind: 'nothing-new' }, t0 + 601 * s);
    expect(after.outcome).toMatchObject({ kind: 'continued', send: { delayS: 15 } });
    const next = claimed(stored(after), t0 + 620 * s);
    expect(next.call?.startedAtMs).toBe(t0 + 620 * s);
  });

  it('with a transient failure waits longer each time, then fails with its class', () => {
    let record = stored(begin());
    const delays: unknown[] = [];
    for (let nowMs = t0; 'deadlineAtMs' in (record.refresh ?? {}); nowMs += 300 * s) {
      const event: WorkOutcome = { kind: 'failed', work: 'list', class: 'upstream-empty' };
      const decision = settled(claimed(record, nowMs), event, nowMs);
      if (decision.outcome.kind === 'continued') delays.push(decision.outcome.send.delayS);
      record = stored(decision);
    }
    expect(delays).toEqual([15, 60]);
    expect(record.refresh).toMatchObject({ status: 'failed', error: 'upstream-empty', attempt: 3 });
  });

  it('with a definite failure is the end, and leaves the stored list alone', () => {
    const record = claimed(
      stored(begin({ ...succeededAt(t0 + s) }, t0 + 100 * s, 'b'.repeat(16))),
      t0 + 100 * s,
    );
    const after = stored(
      settled(record, { kind: 'failed', work: 'list', class: 'token-rejected' }, t0 + 101 * s),
    );
    expect(after.refresh).toMatchObject({ status: 'failed', error: 'token-rejected' });
    expect(after.snapshot).toEqual(record.snapshot);
  });

  it('with a shrunken list asks again, half a minute on', () => {
    const record = claimed(stored(begin()), t0);
    const { next, outcome } = settled(record, { kind: 'suspicious-shrink', work: 'list' }, t0 + s);
    expect(outcome).toMatchObject({ send: { delayS: 30 } });
    expect(next?.refresh).toMatchObject({ confirming: true, retries: 0 });
    expect(next?.call).toBeUndefined();
  });

  it('with the stored list from the cache leaves its age alone while that may be a memory', () => {
    const before = succeededAt(t0 + s);
    const lost: WorkOutcome = { kind: 'lost', class: 'upstream-timeout' };
    const second = claimed(stored(begin(before, t0 + 100 * s, 'b'.repeat(16))), t0 + 100 * s);
    const polling = claimed(stored(settled(second, lost, t0 + 101 * s)), t0 + 101 * s);
    const unchanged: WorkOutcome = { kind: 'unchanged', work: 'poll' };
    expect(stored(settled(polling, unchanged, t0 + 102 * s)).snapshot).toEqual(before.snapshot);
    const later = { ...polling, snapshot: { ...snapshot, receivedAtMs: t0 - 600 * s } };
    expect(stored(settled(later, unchanged, t0 + 102 * s)).snapshot?.asOfMs).toBe(t0 + 100 * s);
  });

  it('never puts a list with an earlier asOf in the place of the stored one', () => {
    const record = claimed(stored(begin(succeededAt(t0 + s), t0 + 100 * s, 'b'.repeat(16))), t0 + 100 * s);
    const older = { ...snapshot, digest: 'older', asOfMs: t0 - 1 };
    const event: WorkOutcome = {
      kind: 'changed',
      work: 'poll',
      snapshot: older,
      result: { counts: older.counts, added: 0, removed: 0 },
    };
    expect(stored(settled(record, event, t0 + 101 * s)).snapshot?.digest).toBe('digest');
  });
});

describe('a dead letter', () => {
  it('fails the refresh it was to carry on, unless somebody is at it', () => {
    const record = claimed(stored(begin()), t0);
    const message = { refreshId: openIn(record).id, step: 1 };
    expect(failFromDeadLetter(record, message, t0 + s).outcome).toEqual({
      kind: 'wait',
      untilMs: t0 + 30 * s,
    });
    expect(stored(failFromDeadLetter(record, message, t0 + 30 * s)).refresh).toMatchObject({
      error: 'worker-crashed',
    });
    expect(failFromDeadLetter(record, { ...message, step: 0 }, t0 + 30 * s).outcome).toEqual({
      kind: 'stale',
    });
  });
});

describe('erasing', () => {
  it('leaves the revision and the open call, so that no second call begins beside it', () => {
    const record = claimed(stored(begin()), t0);
    const tombstone = stored(erase(record, t0 + s));
    expect(tombstone).toEqual({
      rev: record.rev + 1,

      superseded: {},
      call: record.call,
      erasedAtMs: t0 + s,
    });
    const revived = stored(begin(tombstone, t0 + 2 * s, 'b'.repeat(16)));
    expect(revived.erasedAtMs).toBeUndefined();
    const { id, step } = openIn(revived);
    const decision = claim(revived, { refreshId: id, step }, { owner: 'two', nowMs: t0 + 3 * s }, policy);
    expect(decision.outcome).toMatchObject({ work: 'poll' });
  });

  it('of nothing changes nothing, and again goes on where it was', () => {
    expect(erase(undefined, t0)).toEqual({ outcome: undefined });
    const tombstone = stored(erase(stored(begin()), t0));
    expect(erase(tombstone, t0 + s)).toEqual({ outcome: tombstone.rev });
  });
});

describe('a refresh in line', () => {
  const hour = 3_600 * s;

  it('does not spend its deadline there: it has as long after five hours as after none', () => {
    const record = stored(begin());
    const [soon, late] = [openIn(claimed(record, t0)), openIn(claimed(record, t0 + 5 * hour))];
    expect(soon.deadlineAtMs - t0).toBe(late.deadlineAtMs - (t0 + 5 * hour));
    expect(soon.deadlineAtMs - t0).toBeLessThan(3 * hour);
  });

  it('neither does a later step of it', () => {
    const record = claimed(stored(begin()), t0);
    const lost = stored(settled(record, { kind: 'lost', class: 'upstream-timeout' }, t0 + 240 * s));
    const { deadlineAtMs } = openIn(claimed(lost, t0 + 240 * s + 4 * hour));
    expect(deadlineAtMs).toBe(openIn(record).deadlineAtMs + 4 * hour);
  });

  it('has six hours for it, beside its own time; then it is abandoned', () => {
    const record = stored(begin());
    const { deadlineAtMs, id, step } = openIn(record);
    expect(deadlineAtMs).toBeGreaterThan(t0 + 6 * hour);
    const late = claim(record, { refreshId: id, step }, { owner: 'one', nowMs: deadlineAtMs }, policy);
    expect(late).toMatchObject({ outcome: { kind: 'drop' }, next: { refresh: { error: 'abandoned' } } });
  });

  it('law: however long its steps wait, the time that it works for is bounded, and a claim never ends in the past', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 5 * hour }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(waits, (linesMs) => {
        let record = stored(begin());
        let [nowMs, inLineMs] = [t0, 0];
        const firstDeadlineMs = openIn(record).deadlineAtMs - 6 * hour;
        for (const lineMs of linesMs) {
          const { notBeforeMs } = openIn(record);
          nowMs = Math.max(nowMs, notBeforeMs) + lineMs;
          inLineMs += lineMs;
          record = claimed(record, nowMs);
          expect(openIn(record).deadlineAtMs).toBe(firstDeadlineMs + inLineMs);
          expect(openIn(record).deadlineAtMs).toBeGreaterThan(nowMs);
          record = stored(settled(record, { kind: 'nothing-new' }, nowMs + s));
        }
      }),
    );
  });
});

describe('a refresh that the schedule began', () => {
  const scheduled = () =>
    stored(
      start(
        undefined,
        { nowMs: t0, trigger: 'schedule', suffix: 'a'.repeat(16), notBeforeMs: t0 + 300 * s },
        policy,
      ),
    );
  const join = (record: DeviceRecord, trigger: 'api' | 'event' | 'schedule', nowMs: number) =>
    start(record, { nowMs, trigger, suffix: 'b'.repeat(16) }, policy);

  it("is the caller's from then on, when a caller joins it: its message is sent again, once, and at once", () => {
    const joined = join(scheduled(), 'api', t0 + s);
    expect(joined.outcome).toMatchObject({ kind: 'joined', send: { step: 1, delayS: 0 } });
    expect(joined.next?.refresh).toMatchObject({ trigger: 'api', notBeforeMs: t0 + s });
    const again = join(stored(joined), 'api', t0 + 2 * s);
    expect(again).toEqual({ outcome: expect.not.objectContaining({ send: expect.anything() }) });
  });

  it('is so, too, when its message stands in line, or waits for a retry', () => {
    const inLine = join(scheduled(), 'api', t0 + 301 * s);
    expect(inLine).toMatchObject({ outcome: { send: { delayS: 0 } }, next: { refresh: { trigger: 'api' } } });
    const failed: WorkOutcome = { kind: 'failed', work: 'list', class: 'upstream-empty' };
    const retried = stored(settled(claimed(scheduled(), t0 + 300 * s), failed, t0 + 301 * s));
    const waiting = join(retried, 'api', t0 + 302 * s);
    expect(waiting).toMatchObject({
      outcome: { send: { step: 2, delayS: 14 } },
      next: { refresh: { trigger: 'api' } },
    });
  });

  it("is so while a worker holds it, whose next step is the caller's", () => {
    const joined = join(claimed(scheduled(), t0 + 300 * s), 'api', t0 + 301 * s);
    expect(joined.outcome).not.toHaveProperty('send');
    const record = stored(joined);
    const next = stored(settled(record, { kind: 'lost', class: 'upstream-timeout' }, t0 + 302 * s));
    expect(openIn(next)).toMatchObject({ trigger: 'api', step: 2 });
  });

  it("stays the schedule's when an event asks, or the schedule again", () => {
    for (const trigger of ['event', 'schedule'] as const)
      expect(join(scheduled(), trigger, t0 + s).next).toBeUndefined();
  });
});

describe('a refresh past its deadline', () => {
  it('is seen as abandoned by every reader, and cannot be settled any more', () => {
    const record = claimed(stored(begin()), t0);
    const { deadlineAtMs } = openIn(record);
    expect(asSeen(openIn(record), deadlineAtMs)).toMatchObject({ status: 'failed', error: 'abandoned' });
    const event: WorkOutcome = { kind: 'unchanged', work: 'list' };
    expect(settled({ ...record, snapshot }, event, deadlineAtMs).outcome).toEqual({ kind: 'stale' });
  });
});
