import { describe, expect, it } from 'vitest';
import { eventsToPublish, markPublished, withPending } from './outbox-rules.ts';
import type { DeviceRecord, Pending } from './record.ts';

const counts = { friends: 2, chatrooms: 0, ghs: 0 };
const snapshot = {
  slot: 'A' as const,
  digest: 'now',
  partDigests: ['part'],
  counts,
  asOfMs: 1,
  receivedAtMs: 1,
  changedAtMs: 1,
};
const changed: Pending = {
  kind: 'changed',
  refreshId: 'r1',
  rev: 3,
  atMs: 30,
  from: 'before',
  added: 1,
  removed: 0,
};
const failed: Pending = { kind: 'failed', refreshId: 'r2', rev: 5, atMs: 50, error: 'upstream-error' };
const record: DeviceRecord = { rev: 9, superseded: {}, snapshot, pending: [changed, failed] };

describe('what is still to be told', () => {
  it('is one event each, with the device, its subscription and its revision', () => {
    const subscription = { suffix: 'aaaaaaaa', createdAtMs: 0, anchorMs: 0, onCallbacks: true, failures: 0 };
    const base = { deviceKey: 'key', subscriptionId: 'key.aaaaaaaa' };
    expect(eventsToPublish({ ...record, subscription }, 'key')).toEqual([
      {
        ...base,
        eventId: 'r1-changed',
        kind: 'changed',
        refreshId: 'r1',
        rev: 3,
        atMs: 30,
        from: 'before',
        to: 'now',
        counts,
        added: 1,
        removed: 0,
      },
      {
        ...base,
        eventId: 'r2-failed',
        kind: 'failed',
        refreshId: 'r2',
        rev: 5,
        atMs: 50,
        class: 'upstream-error',
      },
    ]);
  });

  it('becomes one change, from what was told last to what is stored, while nothing can be told', () => {
    const later: Pending = {
      ...changed,
      refreshId: 'r3',
      rev: 7,
      atMs: 70,
      from: 'between',
      added: 2,
      removed: 4,
    };
    expect(withPending([changed, failed], later)).toEqual([
      failed,
      { ...later, from: 'before', added: 3, removed: 4 },
    ]);
  });

  it('of the first list has nothing that it comes from, also when another followed', () => {
    const { from: _none, ...first } = changed;
    const [merged] = withPending([first], { ...changed, rev: 7 });
    expect(merged).not.toHaveProperty('from');
  });

  it('keeps of failures the latest', () => {
    const later: Pending = { ...failed, rev: 8, error: 'device-offline' };
    expect(withPending([failed, changed], later)).toEqual([changed, later]);
  });

  it('is what came since, once the rest was told', () => {
    const events = eventsToPublish(record, 'key');
    expect(markPublished(record, events).next).toEqual({ rev: 10, superseded: {}, snapshot });
    const newer: Pending = { ...failed, rev: 8 };
    expect(markPublished({ ...record, pending: [changed, newer] }, events).next).toMatchObject({
      pending: [newer],
    });
    expect(markPublished({ ...record, pending: [newer] }, events).next).toBeUndefined();
    expect(markPublished(undefined, events).next).toBeUndefined();
  });
});
