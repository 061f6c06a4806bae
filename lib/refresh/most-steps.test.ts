import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureClasses } from '../device/failures.ts';
import { defaultPolicy } from '../device/policy.test-data.ts';
import type { Policy } from '../device/policy.ts';
import { type DeviceRecord, isOpen } from '../device/record.ts';
import { claim, mostSteps, settle, start, type WorkOutcome } from './refresh-rules.ts';

const t0 = 1_750_000_000_000;
const policy: Policy = { ...defaultPolicy, cachePollMs: 1_000, retryDelaysMs: [0, 0] };
const counts = { friends: 30, chatrooms: 0, ghs: 0 };
const snapshot = {
  slot: 'A' as const,
  digest: 'digest',
  partDigests: ['part'],
  counts,
  // Later than everything that GeWe gives: none of it is served.
  asOfMs: t0 + 1e12,
  receivedAtMs: t0,
  changedAtMs: t0,
};
const classes = fc.constantFrom(...failureClasses.filter((name) => !/crashed|abandoned/.test(name)));
const work = fc.constantFrom('list' as const, 'poll' as const);
const events: fc.Arbitrary<WorkOutcome> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<WorkOutcome>({ kind: 'nothing-new' }) },
  fc.record({ kind: fc.constant('lost' as const), class: classes }),
  fc.record({ kind: fc.constant('failed' as const), work, class: classes }),
  fc.record({ kind: fc.constant('suspicious-shrink' as const), work }),
  work.map((done) => {
    const older = { ...snapshot, digest: 'other', asOfMs: t0 };
    return {
      kind: 'changed' as const,
      work: done,
      snapshot: older,
      result: { counts, added: 1, removed: 0 },
    };
  }),
);

/** The record in the end, and the steps that it took, when the events come one after the other, again and again, at once. */
function endOf(sequence: readonly WorkOutcome[]): { readonly record: DeviceRecord; readonly steps: number } {
  let record: DeviceRecord | undefined = start(
    { rev: 1, superseded: {}, snapshot },
    { nowMs: t0, trigger: 'api', suffix: 'a'.repeat(16) },
    policy,
  ).next;
  for (let nowMs = t0, steps = 0; ; steps += 1) {
    const refresh = record?.refresh;
    if (record === undefined || refresh === undefined || !isOpen(refresh)) throw new Error('no open refresh');
    const ref = { refreshId: refresh.id, step: refresh.step };
    nowMs = Math.max(nowMs, refresh.notBeforeMs);
    const held: DeviceRecord | undefined = claim(record, ref, { owner: 'one', nowMs }, policy).next;
    const event = sequence[steps % sequence.length] ?? { kind: 'nothing-new' };
    record = settle(held, { ...ref, owner: 'one' }, event, nowMs, policy).next;
    if (record?.refresh && !isOpen(record.refresh)) return { record, steps: steps + 1 };
  }
}

describe('a refresh', () => {
  it('ends within its most steps, whatever comes of them, and never for a crash that was none', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 30, size: 'max' }), (sequence) => {
        const { record, steps } = endOf(sequence);
        expect(steps).toBeLessThanOrEqual(mostSteps(policy));
        expect(record.refresh).toMatchObject({ status: 'failed' });
        expect(record.refresh).not.toMatchObject({ error: 'worker-crashed' });
      }),
      { numRuns: 300 },
    );
  });

  it('ends with its last error when no rule ends it before', () => {
    const lost = { kind: 'lost' as const, class: 'upstream-error' as const };
    const { record, steps } = endOf([
      lost,
      ...Array.from({ length: 500 }, () => ({ kind: 'nothing-new' as const })),
    ]);
    expect(steps).toBe(mostSteps(policy));
    expect(record.refresh).toMatchObject({ status: 'failed', error: 'upstream-error' });
  });
});

describe('the most steps', () => {
  it('are 36 by default, and 234 with the longest cache window and ten retries', () => {
    expect(mostSteps(defaultPolicy)).toBe(36);
    const longest = {
      ...defaultPolicy,
      cacheWindowMs: 3_600_000,
      retryDelaysMs: Array.from({ length: 10 }, () => 0),
    };
    expect(mostSteps(longest)).toBe(234);
  });
});
