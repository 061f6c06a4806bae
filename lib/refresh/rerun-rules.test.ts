import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../device/policy.test-data.ts';
import type { Policy } from '../device/policy.ts';
import type { DeviceRecord } from '../device/record.ts';
import { subscribe } from '../device/subscription-rules.ts';
import type { WorkOutcome } from './refresh-rules.ts';
import { begin, claim, settle, start } from './refresh-rules.ts';
import { rerunDelayS, rerunForOwner, rerunForSubscription, startRerun } from './rerun-rules.ts';

const t0 = 1_750_000_000_000;
const s = 1_000;
const policy: Policy = { ...defaultPolicy, retryDelaysMs: [] };
const suffix = 'a'.repeat(16);

function stored({ next }: { next?: DeviceRecord }): DeviceRecord {
  if (next === undefined) throw new Error('nothing was decided to be stored');
  return next;
}

const subscribed = stored(subscribe(undefined, { everyMs: 600 * s, onCallbacks: true }, 'subscrib', t0));
const change = (record: DeviceRecord | undefined, nowMs: number) =>
  rerunForSubscription(record, { nowMs, trigger: 'callback' }, policy);

/** A refresh that began at t0 and whose list call runs. */
function running(): DeviceRecord {
  const begun = stored(begin(subscribed, { nowMs: t0, trigger: 'api', suffix }, policy));
  const message = { refreshId: begun.refresh?.id ?? '', step: 1 };
  return stored(claim(begun, message, { owner: 'worker', nowMs: t0 }, policy));
}

/** The same, ended. */
function ended(
  error: 'upstream-error' | 'device-offline',
  record: DeviceRecord,
  nowMs: number,
): DeviceRecord {
  const held = { refreshId: record.refresh?.id ?? '', step: 1, owner: 'worker' };
  return stored(settle(record, held, { kind: 'failed', work: 'list', class: error }, nowMs, policy));
}

describe('a change that is heard of', () => {
  it('is nothing to a device without a subscription, with another one, or whose token is rejected', () => {
    const { subscription = null, ...rest } = subscribed;
    expect(change(undefined, t0).outcome.kind).toBe('unsubscribed');
    expect(change(rest, t0).outcome.kind).toBe('unsubscribed');
    const stopped = { ...rest, ...(subscription && { subscription: { ...subscription, stopped: true } }) };
    expect(change(stopped, t0).outcome.kind).toBe('unsubscribed');
    const other = rerunForSubscription(
      subscribed,
      { nowMs: t0, trigger: 'event', subscriptionSuffix: 'another0' },
      policy,
    );
    expect(other.outcome.kind).toBe('unsubscribed');
  });

  it('waits a moment for others, which ask for nothing more', () => {
    const first = change(subscribed, t0);
    expect(first.outcome).toEqual({ kind: 'requested', delayS: 10 });
    expect(change(first.next, t0 + 9 * s)).toEqual({ outcome: { kind: 'pending' } });
  });

  it('is asked for again when its message may have been lost', () => {
    const first = change(subscribed, t0);
    const again = change(first.next, t0 + 12 * s);
    expect(again.outcome).toEqual({ kind: 'requested', delayS: 0 });
    expect(again.next?.rerun?.notBeforeMs).toBe(first.next?.rerun?.notBeforeMs);
  });

  it('is seen by a refresh that has not yet called GeWe, and by no other one', () => {
    const queued = stored(begin(subscribed, { nowMs: t0, trigger: 'api', suffix }, policy));
    const joined = stored(change(queued, t0 + s));
    expect(joined.refresh).toEqual(queued.refresh);
    expect(change(joined, t0 + 2 * s)).toEqual({ outcome: { kind: 'joined' } });
    const message = { refreshId: queued.refresh?.id ?? '', step: 1 };
    const claimed = stored(claim(joined, message, { owner: 'worker', nowMs: t0 + 3 * s }, policy));
    expect(startRerun(claimed, { nowMs: t0 + 10 * s, suffix }, policy)).toEqual({
      outcome: { kind: 'drop' },
    });
    const noted = change(running(), t0 + s);
    expect(noted.outcome.kind).toBe('pending');
    expect(change(noted.next, t0 + 2 * s).next).toBeUndefined();
  });

  it('has a queued refresh looked after, whose message may have been lost with who began it', () => {
    const queued = stored(begin(subscribed, { nowMs: t0, trigger: 'api', suffix }, policy));
    const joined = change(queued, t0 + s);
    expect(joined.outcome).toEqual({ kind: 'requested', delayS: 9 });
    const { outcome } = startRerun(joined.next, { nowMs: t0 + 10 * s, suffix }, policy);
    expect(outcome).toMatchObject({ kind: 'resent', send: { refreshId: queued.refresh?.id, step: 1 } });
  });

  it('waits until the message of a queued refresh that nobody works on counts as lost', () => {
    const asked = stored(change(subscribed, t0));
    const queued = stored(start(asked, { nowMs: t0 + 9 * s, trigger: 'api', suffix }, policy));
    expect(startRerun(queued, { nowMs: t0 + 10 * s, suffix }, policy).outcome).toEqual({
      kind: 'wait',
      untilMs: t0 + 19 * s,
    });
    expect(rerunDelayS(queued, t0 + 10 * s, policy)).toBe(9);
  });

  it('looks after a queued refresh that will not see it, because an earlier list call may run', () => {
    const call = { startedAtMs: t0 - 60 * s, mayRunUntilMs: t0 + 600 * s, oldestMs: t0 - 60 * s };
    const begun = begin({ ...subscribed, call }, { nowMs: t0, trigger: 'api', suffix }, policy);
    const asked = change(stored(begun), t0 + s);
    expect(asked.outcome).toEqual({ kind: 'requested', delayS: 10 });
    expect(change(asked.next, t0 + 2 * s)).toEqual({ outcome: { kind: 'joined' } });
  });

  it('waits for the interval after a refresh that has just ended', () => {
    const record = { ...ended('device-offline', running(), t0 + 5 * s) };
    expect(change(record, t0 + 6 * s).outcome).toEqual({ kind: 'requested', delayS: 29 });
  });

  it('is forgotten when the refresh that runs fails in a way that another cannot fix', () => {
    const noted = stored(change(running(), t0 + s));
    expect(ended('device-offline', noted, t0 + 5 * s)).not.toHaveProperty('rerun');
    const transient = ended('upstream-error', noted, t0 + 5 * s);
    expect(rerunDelayS(transient, t0 + 5 * s, policy)).toBe(6);
  });

  it('is seen when a list call that began after it is known to have been made, and not before', () => {
    const asked = stored(change(subscribed, t0));
    expect(startRerun(asked, { nowMs: t0 + 9 * s, suffix }, policy).outcome).toEqual({
      kind: 'wait',
      untilMs: t0 + 10 * s,
    });
    const begun = stored(startRerun(asked, { nowMs: t0 + 10 * s, suffix }, policy));
    expect(begun).toMatchObject({ rerun: { trigger: 'callback' }, refresh: { trigger: 'callback' } });
    const message = { refreshId: begun.refresh?.id ?? '', step: 1 };
    const claimed = stored(claim(begun, message, { owner: 'worker', nowMs: t0 + 11 * s }, policy));
    expect(claimed.rerun).toMatchObject({ isCovered: true });
    expect(ended('upstream-error', claimed, t0 + 12 * s)).not.toHaveProperty('rerun');
    expect(startRerun(claimed, { nowMs: t0 + 12 * s, suffix }, policy)).toEqual({
      outcome: { kind: 'drop' },
    });
  });
});

describe('a change whose list call may not have been made', () => {
  const snapshot = {
    slot: 'A' as const,
    digest: 'digest',
    partDigests: [],
    counts: { friends: 1, chatrooms: 0, ghs: 0 },
    asOfMs: t0,
    receivedAtMs: t0,
    changedAtMs: t0,
  };
  const result = { counts: snapshot.counts, added: 1, removed: 0 };
  /** A change is reported at t0, its refresh calls GeWe at t0 + 10 s, and its worker crashes; another asks the cache at t0 + 45 s. */
  function polling(more: Partial<DeviceRecord> = {}): DeviceRecord {
    const begun = stored(
      startRerun({ ...stored(change(subscribed, t0)), ...more }, { nowMs: t0 + 10 * s, suffix }, policy),
    );
    const message = { refreshId: begun.refresh?.id ?? '', step: 1 };
    const crashed = stored(claim(begun, message, { owner: 'one', nowMs: t0 + 10 * s }, policy));
    return stored(claim(crashed, message, { owner: 'worker', nowMs: t0 + 45 * s }, policy));
  }
  const settled = (record: DeviceRecord, event: WorkOutcome) => {
    const held = { refreshId: record.refresh?.id ?? '', step: 1, owner: 'worker' };
    return stored(settle(record, held, event, t0 + 45 * s, policy));
  };
  const changed: WorkOutcome = { kind: 'changed', work: 'poll', snapshot, result };

  it('stays pending when the cache may only repeat the stored list', () => {
    const ended = settled(polling({ snapshot }), { kind: 'unchanged', work: 'poll' });
    expect(ended.refresh).toMatchObject({ status: 'succeeded' });
    expect(rerunDelayS(ended, t0 + 45 * s, policy)).toBe(60);
  });

  it('is seen by a list of the cache that stems from this call, and by none that may stem from an earlier one', () => {
    expect(settled(polling(), changed)).not.toHaveProperty('rerun');
    const earlier = { startedAtMs: t0 - 900 * s, mayRunUntilMs: t0 - 60 * s, oldestMs: t0 - 900 * s };
    expect(settled(polling({ call: earlier }), changed).rerun).toMatchObject({ isCovered: true });
  });

  it('does not stand for a later change, which is asked for anew', () => {
    const later = change(polling(), t0 + 50 * s);
    expect(later.outcome.kind).toBe('pending');
    expect(later.next?.rerun).toEqual({ notBeforeMs: t0 + 60 * s, trigger: 'callback' });
  });
});

describe('a change that the bearer of the token tells of', () => {
  const tell = (record: DeviceRecord | undefined, nowMs: number) =>
    rerunForOwner(record, { nowMs, trigger: 'pass-through' }, policy);

  it('is seen to without a subscription, and for a device that is not known yet or was erased', () => {
    const { subscription: _none, ...unsubscribed } = subscribed;
    const erased: DeviceRecord = { rev: 7, superseded: {}, erasedAtMs: t0 - s };
    for (const record of [undefined, unsubscribed, subscribed, erased]) {
      const told = tell(record, t0);
      expect(told.outcome).toEqual({ kind: 'requested', delayS: 10 });
      expect(told.next).toMatchObject({
        rev: (record?.rev ?? 0) + 1,
        rerun: { trigger: 'pass-through' },
      });
      expect(told.next).not.toHaveProperty('erasedAtMs');
      const begun = startRerun(told.next, { nowMs: t0 + 10 * s, suffix }, policy);
      expect(begun.outcome.kind).toBe('begun');
      expect(begun.next?.refresh?.trigger).toBe('pass-through');
    }
  });

  it('asks once, however many there are, and once more when a refresh runs', () => {
    const first = tell(undefined, t0);
    expect(tell(first.next, t0 + s)).toEqual({ outcome: { kind: 'pending' } });
    const noted = tell(running(), t0 + s);
    expect(noted.outcome.kind).toBe('pending');
    expect(tell(noted.next, t0 + 2 * s).next).toBeUndefined();
  });
});
