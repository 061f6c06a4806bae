import { expect, it, vi } from 'vitest';
import { deviceKey, World } from '../../tests/laws/world.ts';

// What a refresh costs is stated here; what it must never do, in tests/laws.

it('reads the record three times at most from the start of a refresh that brings a new list to its end', async () => {
  const world = new World([], []);
  const { clock, stores } = world;
  for (const round of ['first', 'changed']) {
    const reads = vi.spyOn(stores, 'load');
    const writes = vi.spyOn(stores, 'compareAndSet');
    void world.start();
    // GeWe answers after 5 s, before the lease has to be renewed.
    await clock.runUntil(clock.now() + 9_000);
    const record = stores.recordOf(deviceKey);
    expect(record?.refresh, round).toMatchObject({
      status: 'succeeded',
      result: { added: expect.any(Number) },
    });
    expect(record?.pending, round).toBeUndefined();
    expect(reads.mock.calls.length, round).toBeLessThanOrEqual(3);
    // Started, claimed, settled, its event published.
    expect(writes, round).toHaveBeenCalledTimes(4);
    vi.restoreAllMocks();
    await clock.runUntil(clock.now() + 120_000);
  }
});

it('fails a refresh whose list is too large to be served, and keeps the stored one', async () => {
  const world = new World([], []);
  const { clock, stores } = world;
  void world.start();
  await clock.runUntil(clock.now() + 120_000);
  const before = stores.recordOf(deviceKey)?.snapshot;
  vi.spyOn(stores.snapshots, 'write').mockResolvedValue('too-large');
  void world.start();
  await clock.runUntil(clock.now() + 3_600_000);
  const record = stores.recordOf(deviceKey);
  expect(record?.refresh).toMatchObject({ status: 'failed', error: 'upstream-malformed', attempt: 4 });
  expect(record?.snapshot).toEqual(before);
  vi.restoreAllMocks();
});

it('leaves a message that wakes a run to another one when this one is full, and not for long', async () => {
  const world = new World([], []);
  const hiddenS: number[] = [];
  const handle = { extendVisibility: async (seconds: number) => void hiddenS.push(seconds) };
  const wake = async (isFull: boolean, receives: number) => {
    const handled = world.work({ message: { kind: 'wake' }, receives }, handle, isFull);
    await world.clock.runUntil(world.clock.now());
    return handled;
  };
  expect(await wake(false, 1)).toMatchObject({ kind: 'ack' });
  expect(await wake(true, 1)).toMatchObject({ kind: 'retryLater' });
  expect(await wake(true, 4)).toMatchObject({ kind: 'retryLater' });
  expect(hiddenS).toEqual([1, 1]);
  // Ten receives would make it a dead letter.
  expect(await wake(true, 5)).toMatchObject({ kind: 'ack' });
});
