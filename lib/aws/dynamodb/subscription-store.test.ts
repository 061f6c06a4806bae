import { describe, expect, it } from 'vitest';
import { useLocalTable } from '../../../tests/support/local-table.ts';
import { createAcceptedTokens } from './accepted-tokens.ts';
import { createEraser } from './eraser.ts';
import { createSubscriptionStore } from './subscription-store.ts';

const local = useLocalTable();
const one = { suffix: 'aaaaaaaa', sealed: 'sealed-1' };

describe('the sealed token of a subscription', () => {
  it('is there until it is deleted, and the latest one counts', async () => {
    const store = createSubscriptionStore(local.open());
    expect(await store.load('device-1')).toBeUndefined();
    await store.put('device-1', 3, one);
    await store.put('device-1', 4, { ...one, sealed: 'sealed-2' });
    expect(await store.load('device-1')).toEqual({ ...one, sealed: 'sealed-2' });
    await store.delete('device-1', one.suffix);
    await store.delete('device-1', one.suffix);
    expect(await store.load('device-1')).toBeUndefined();
  });

  it('gives way neither to one of an earlier revision nor to the end of another subscription', async () => {
    const store = createSubscriptionStore(local.open());
    await store.put('device-3', 4, one);
    await store.put('device-3', 3, { suffix: 'bbbbbbbb', sealed: 'late' });
    await store.delete('device-3', 'bbbbbbbb');
    expect(await store.load('device-3')).toEqual(one);
  });

  it('is replaced while its subscription is there, and not brought back', async () => {
    const store = createSubscriptionStore(local.open());
    await store.put('device-4', 4, one);
    await store.replace('device-4', 5, { suffix: 'bbbbbbbb', sealed: 'of another' });
    expect(await store.load('device-4')).toEqual(one);
    await store.replace('device-4', 5, { ...one, sealed: 'sealed anew' });
    expect(await store.load('device-4')).toEqual({ ...one, sealed: 'sealed anew' });
    await store.delete('device-4', one.suffix);
    await store.replace('device-4', 6, one);
    expect(await store.load('device-4')).toBeUndefined();
  });

  it('goes when its device is erased, unless it was put after that', async () => {
    const table = local.open();
    const store = createSubscriptionStore(table);
    await store.put('device-2', 3, one);
    await createEraser(table).erase('device-2', 5);
    expect(await store.load('device-2')).toBeUndefined();
    await store.put('device-2', 6, one);
    await createEraser(table).erase('device-2', 5);
    expect(await store.load('device-2')).toEqual(one);
  });
});

describe('a token that GeWe has accepted', () => {
  it('is known by its key for 90 days, and no other is', async () => {
    let nowMs = 1_750_000_000_000;
    const tokens = createAcceptedTokens(local.open(), { now: () => nowMs });
    const key = Buffer.alloc(32, 1);
    expect(await tokens.has(key)).toBe(false);
    await tokens.note(key);
    expect(await tokens.has(key)).toBe(true);
    expect(await tokens.has(Buffer.alloc(32, 2))).toBe(false);
    nowMs += 90 * 24 * 3_600_000 + 1_000;
    expect(await tokens.has(key)).toBe(false);
  });
});
