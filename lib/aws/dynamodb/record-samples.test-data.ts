import fc from 'fast-check';
import type { FailureClass } from '../../device/failures.ts';
import {
  type DeviceRecord,
  type EndedRefresh,
  type OpenRefresh,
  type Pending,
  type Subscription,
  supersededDigestLength,
  type Trigger,
} from '../../device/record.ts';

// Records for tests: any at all, and the largest that is to be expected.

const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const count = fc.nat({ max: 100_000 });
const counts = fc.record({ friends: count, chatrooms: count, ghs: count });
const trigger = fc.constantFrom<Trigger>('api', 'schedule', 'event', 'callback', 'pass-through');
const failure = fc.constantFrom<FailureClass>(
  'token-rejected',
  'device-unknown',
  'device-offline',
  'upstream-timeout',
  'upstream-error',
  'upstream-malformed',
  'upstream-empty',
  'worker-crashed',
  'abandoned',
);

/** Any ended refresh. */
export const anyEnded: fc.Arbitrary<EndedRefresh> = fc.record(
  {
    id: fc.string(),
    trigger,
    createdAtMs: time,
    startedAtMs: time,
    attempt: count,
    status: fc.constantFrom('succeeded', 'failed'),
    endedAtMs: time,
    result: fc.record({ counts, added: count, removed: count }),
    error: failure,
  },
  { requiredKeys: ['id', 'trigger', 'createdAtMs', 'attempt', 'status', 'endedAtMs'] },
);

const anyOpen: fc.Arbitrary<OpenRefresh> = fc.record(
  {
    id: fc.string(),
    trigger,
    createdAtMs: time,
    startedAtMs: time,
    attempt: count,
    status: fc.constantFrom('queued', 'running'),
    deadlineAtMs: time,
    step: count,
    notBeforeMs: time,
    sentAtMs: time,
    lease: fc.record({ owner: fc.string(), untilMs: time }),
    retries: count,
    error: failure,
    confirming: fc.boolean(),
  },
  {
    requiredKeys: [
      'id',
      'trigger',
      'createdAtMs',
      'attempt',
      'status',
      'deadlineAtMs',
      'step',
      'notBeforeMs',
      'sentAtMs',
      'retries',
    ],
  },
);

const anySubscription: fc.Arbitrary<Subscription> = fc.record(
  {
    suffix: fc.string(),
    createdAtMs: time,
    anchorMs: time,
    everyMs: count,
    onCallbacks: fc.boolean(),
    failures: count,
    dueAtMs: time,
    stopped: fc.boolean(),
  },
  { requiredKeys: ['suffix', 'createdAtMs', 'anchorMs', 'onCallbacks', 'failures'] },
);

const anyPending: fc.Arbitrary<Pending> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('changed' as const),
      refreshId: fc.string(),
      rev: count,
      atMs: time,
      from: fc.string(),
      added: count,
      removed: count,
    },
    { requiredKeys: ['kind', 'refreshId', 'rev', 'atMs', 'added', 'removed'] },
  ),
  fc.record({
    kind: fc.constant('failed' as const),
    refreshId: fc.string(),
    rev: count,
    atMs: time,
    error: failure,
  }),
);

/** Any record, with strings that no digest or id would be. */
export const anyRecord: fc.Arbitrary<DeviceRecord> = fc.record(
  {
    rev: fc.integer({ min: 1, max: 1_000_000_000 }),
    snapshot: fc.record({
      slot: fc.constantFrom('A', 'B'),
      digest: fc.string(),
      partDigests: fc.array(fc.string(), { maxLength: 4 }),
      counts,
      asOfMs: time,
      receivedAtMs: time,
      changedAtMs: time,
    }),
    call: fc.record({ startedAtMs: time, mayRunUntilMs: time, oldestMs: time }),
    refresh: fc.oneof(anyOpen, anyEnded),
    expectedMs: count,
    superseded: fc.dictionary(fc.stringMatching(/^[\w-]{16}$/), time, { maxKeys: 4 }),
    subscription: anySubscription,
    rerun: fc.record(
      { notBeforeMs: time, sentAtMs: time, trigger, isCovered: fc.boolean() },
      { requiredKeys: ['notBeforeMs', 'trigger'] },
    ),
    pending: fc.array(anyPending, { minLength: 1, maxLength: 2 }),
    offlineSinceMs: time,
    backAtMs: time,
    erasedAtMs: time,
  },
  { requiredKeys: ['rev', 'superseded'] },
);

const nowMs = Date.UTC(2027, 0, 15, 12, 34, 56, 789);
const dayMs = 24 * 3_600_000;
const digest = 'x'.repeat(43);
const largeCounts = { friends: 49_999, chatrooms: 1_234, ghs: 1_234 };

/** The list of 50,000 ids changed every two minutes; one is under way, another is requested. */
export const worstRecord: DeviceRecord = {
  rev: 1_234_567,
  snapshot: {
    slot: 'B',
    digest,
    partDigests: ['y'.repeat(22), 'z'.repeat(22)],
    counts: largeCounts,
    asOfMs: nowMs - 1_234_567,
    receivedAtMs: nowMs - 1_000_123,
    changedAtMs: nowMs - 300 * dayMs,
  },
  call: { startedAtMs: nowMs - 123_456, mayRunUntilMs: nowMs + 723_456, oldestMs: nowMs - 234_567 },
  refresh: {
    id: `0012abd-${'z'.repeat(16)}`,
    trigger: 'callback',
    createdAtMs: nowMs - 345_678,
    startedAtMs: nowMs - 344_321,
    attempt: 4,
    status: 'running',
    deadlineAtMs: nowMs + 4_321_987,
    step: 12,
    notBeforeMs: nowMs - 12_345,
    sentAtMs: nowMs - 252_345,
    lease: { owner: 'o'.repeat(12), untilMs: nowMs + 29_876 },
    retries: 3,
    error: 'upstream-malformed',
    confirming: true,
  },
  expectedMs: 612_345,
  superseded: Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [
      `${index}`.repeat(supersededDigestLength),
      nowMs - index * 120_123,
    ]),
  ),
  subscription: {
    suffix: 's'.repeat(8),
    createdAtMs: nowMs - 300 * dayMs,
    anchorMs: nowMs - 200 * dayMs,
    everyMs: 3_600_000,
    onCallbacks: true,
    failures: 12,
    dueAtMs: nowMs + 1_234_567,
  },
  rerun: { notBeforeMs: nowMs + 12_345, sentAtMs: nowMs - 2_345, trigger: 'callback' },
  offlineSinceMs: nowMs - 3 * dayMs,
};
