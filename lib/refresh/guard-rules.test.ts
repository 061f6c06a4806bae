import { describe, expect, it } from 'vitest';
import { differenceBetween } from '../device/changes.ts';
import { type Contacts, countsOf, digestOf } from '../device/contacts.ts';
import type { DeviceRecord } from '../device/record.ts';
import { judge } from './guard-rules.ts';
import type { Work } from './refresh-rules.ts';

const nowMs = 1_750_000_000_000;
const friendsOf = (size: number, prefix = 'wxid_'): Contacts => ({
  friends: Array.from({ length: size }, (_, index) => `${prefix}${index}`),
  chatrooms: [],
  ghs: [],
});

function recordOf(stored: Contacts, more: Partial<DeviceRecord> = {}): DeviceRecord {
  const at = { asOfMs: nowMs - 1_000, receivedAtMs: nowMs - 1_000, changedAtMs: nowMs - 1_000 };
  const snapshot = {
    slot: 'A' as const,
    digest: digestOf(stored),
    partDigests: [],
    counts: countsOf(stored),
  };
  return { rev: 5, superseded: {}, snapshot: { ...snapshot, ...at }, ...more };
}

function verdict(stored: Contacts, given: Contacts, work: Work, more: Partial<DeviceRecord> = {}) {
  const about = { digest: digestOf(given), contacts: given, work };
  return judge(recordOf(stored, more), about, differenceBetween(stored, given), nowMs);
}

const confirming: Partial<DeviceRecord> = {
  refresh: {
    id: '0000001-aaaaaaaaaaaaaaaa',
    trigger: 'api',
    status: 'running',
    createdAtMs: nowMs,
    deadlineAtMs: nowMs + 1,
    attempt: 2,
    step: 2,
    retries: 0,
    notBeforeMs: nowMs,
    sentAtMs: nowMs,
    confirming: true,
  },
};

describe('the guard', () => {
  it('lets the first list in', () => {
    const record: DeviceRecord = { rev: 1, superseded: {} };
    const contacts = friendsOf(3);
    expect(judge(record, { digest: digestOf(contacts), contacts, work: 'list' }, undefined, nowMs)).toBe(
      'changed',
    );
  });

  it('knows the stored list again', () => {
    expect(verdict(friendsOf(30), friendsOf(30), 'list')).toBe('unchanged');
  });

  it('goes on polling when the cache gives a list that may be older than the stored one', () => {
    const call = { startedAtMs: nowMs, mayRunUntilMs: nowMs + 1, oldestMs: nowMs - 1_001 };
    expect(verdict(friendsOf(30), friendsOf(31), 'poll', { call })).toBe('stale-cache');
    expect(verdict(friendsOf(30), friendsOf(31), 'list', { call })).toBe('changed');
    const newer = { ...call, oldestMs: nowMs - 1_000 };
    expect(verdict(friendsOf(30), friendsOf(31), 'poll', { call: newer })).toBe('changed');
  });

  it('asks for a second call when more than half of at least 20 ids are gone', () => {
    expect(verdict(friendsOf(20), friendsOf(9), 'list')).toBe('suspicious-shrink');
    expect(verdict(friendsOf(20), friendsOf(10), 'list')).toBe('changed');
    expect(verdict(friendsOf(19), friendsOf(1), 'list')).toBe('changed');
  });

  it('takes a list of other people for a loss, however long it is', () => {
    expect(verdict(friendsOf(40), friendsOf(40, 'other_'), 'list')).toBe('suspicious-shrink');
  });

  it('lets a second list call confirm the loss, and never the cache', () => {
    expect(verdict(friendsOf(20), friendsOf(2), 'list', confirming)).toBe('changed');
    expect(verdict(friendsOf(20), friendsOf(2), 'poll', confirming)).toBe('stale-cache');
  });

  it("takes a list that was superseded less than ten minutes ago for the cache's memory", () => {
    const old = friendsOf(31);
    const at = (atMs: number) => ({ superseded: { [digestOf(old)]: atMs } });
    expect(verdict(friendsOf(30), old, 'poll', at(nowMs - 599_999))).toBe('stale-cache');
    expect(verdict(friendsOf(30), old, 'poll', at(nowMs - 600_000))).toBe('changed');
    expect(verdict(friendsOf(30), old, 'list', at(nowMs - 1))).toBe('changed');
  });

  it('compares the counts when the stored list cannot be read', () => {
    const record = recordOf(friendsOf(20));
    const short = friendsOf(9);
    expect(judge(record, { digest: digestOf(short), contacts: short, work: 'list' }, undefined, nowMs)).toBe(
      'suspicious-shrink',
    );
  });
});
