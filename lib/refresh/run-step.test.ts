import { expect, it, vi } from 'vitest';
import { World } from '../../tests/laws/world.ts';

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
    const [record] = stores.records.values();
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
