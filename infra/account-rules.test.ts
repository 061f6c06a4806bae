import { describe, expect, it } from 'vitest';
import { accountFaults } from './account-rules.ts';

const limitOf = (all: number, unreserved = all) => ({
  ConcurrentExecutions: all,
  UnreservedConcurrentExecutions: unreserved,
});
const needs = { polled: 8, reserved: 0, reservedNow: 0 };

describe('an account of 10', () => {
  it('has room for the defaults, and two executions for requests', () => {
    expect(accountFaults(needs, limitOf(10))).toEqual([]);
  });

  it('has no room for a run more', () => {
    expect(accountFaults({ ...needs, polled: 9 }, limitOf(10))).toEqual([
      'the queues may use 9 of the 10 unreserved, and 2 must be left for requests: ' +
        'lower MAX_LIST_CALLS, CALLBACK_CONCURRENCY or FORWARD_CONCURRENCY',
    ]);
  });

  it('takes no reservation', () => {
    expect(accountFaults({ ...needs, reserved: 3 }, limitOf(10))).toEqual([
      'WAITING_CONCURRENCY reserves 3 for its functions together and leaves 7 unreserved, but AWS keeps 10: lower it or unset it',
    ]);
  });
});

describe('an account of 1,000', () => {
  const reserving = (reserved: number, reservedNow = 0) => ({ ...needs, reserved, reservedNow });

  it('reserves all but 100', () => {
    expect(accountFaults(reserving(900), limitOf(1_000))).toEqual([]);
    expect(accountFaults(reserving(903), limitOf(1_000))).toHaveLength(1);
  });

  it('counts what other stacks have reserved', () => {
    expect(accountFaults(reserving(60), limitOf(1_000, 160))).toEqual([]);
    expect(accountFaults(reserving(63), limitOf(1_000, 160))).toHaveLength(1);
  });

  it('does not count twice what this stack has reserved', () => {
    expect(accountFaults(reserving(60, 60), limitOf(1_000, 100))).toEqual([]);
    expect(accountFaults(reserving(30, 60), limitOf(1_000, 100))).toEqual([]);
    expect(accountFaults(reserving(63, 60), limitOf(1_000, 100))).toHaveLength(1);
  });

  it('gives the queues only what nobody has reserved', () => {
    const [fault] = accountFaults({ ...needs, polled: 150 }, limitOf(1_000, 140));
    expect(fault).toContain('the queues may use 150 of the 140 unreserved');
  });
});

it('names everything at once', () => {
  expect(accountFaults({ polled: 20, reserved: 60, reservedNow: 0 }, limitOf(10))).toHaveLength(2);
});
