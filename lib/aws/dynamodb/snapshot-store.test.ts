import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useLocalTable, type Watch } from '../../../tests/support/local-table.ts';
import type { Slot, SnapshotRef } from '../../device/record.ts';
import { packBody, unpackBody } from './snapshot-body.ts';
import { partDigestOf, splitIntoParts } from './snapshot-parts.ts';
import { createSnapshotParts } from './snapshot-store.ts';

const local = useLocalTable();
const snapshots = (watch?: Watch) => createSnapshotParts(local.open(watch));

let device = 0;
const newDevice = () => `device-${++device}`;
const parts = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));

/** What a record would say of these parts. */
function refTo(slot: Slot, written: readonly Uint8Array[]): SnapshotRef {
  const counts = { friends: 1, chatrooms: 0, ghs: 0 };
  const times = { asOfMs: 0, receivedAtMs: 0, changedAtMs: 0 };
  return { slot, digest: 'any', partDigests: written.map(partDigestOf), counts, ...times };
}

async function textAt(deviceKey: string, ref: SnapshotRef): Promise<string | undefined> {
  const bytes = await snapshots().read(deviceKey, ref);
  return bytes && Buffer.from(bytes).toString();
}

describe('write', () => {
  it('refuses a writer that wakes late, and leaves the later writer’s list as it is', async () => {
    const key = newDevice();
    const current = parts('one', 'two');
    expect(await snapshots().write(key, 'A', 7, current)).toBe(true);
    expect(await snapshots().write(key, 'A', 6, parts('uno', 'due'))).toBe(false);
    expect(await textAt(key, refTo('A', current))).toBe('onetwo');
  });

  it('accepts the same claim’s retry, and every later claim', async () => {
    const key = newDevice();
    for (const fence of [7, 7, 8]) {
      const written = parts(`list of ${fence}`);
      expect(await snapshots().write(key, 'B', fence, written)).toBe(true);
      expect(await textAt(key, refTo('B', written))).toBe(`list of ${fence}`);
    }
  });

  it('keeps the slots and the devices apart', async () => {
    const [one, other] = [newDevice(), newDevice()];
    await snapshots().write(one, 'A', 1, parts('a'));
    await snapshots().write(one, 'B', 1, parts('b'));
    await snapshots().write(other, 'A', 1, parts('c'));
    expect(await textAt(one, refTo('A', parts('a')))).toBe('a');
    expect(await textAt(one, refTo('B', parts('b')))).toBe('b');
    expect(await textAt(other, refTo('A', parts('a')))).toBeUndefined();
  });

  it('says StoreUnavailable when one part cannot be written, after the others have ended', async () => {
    let ended = 0;
    let calls = 0;
    const failsFirst: Watch = async ({ send }) => {
      calls += 1;
      if (calls === 1) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      await send();
      ended += 1;
    };
    const writing = snapshots(failsFirst).write(newDevice(), 'A', 1, parts('1', '2', '3'));
    await expect(writing).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(ended).toBe(2);
  });
});

describe('read', () => {
  it('finds nothing when a part is missing, or is another than the record says', async () => {
    const key = newDevice();
    await snapshots().write(key, 'A', 1, parts('one'));
    expect(await textAt(key, refTo('A', parts('one', 'two')))).toBeUndefined();
    expect(await textAt(key, refTo('A', parts('other')))).toBeUndefined();
  });

  it('asks eventually consistent, and strongly only for a part that differs', async () => {
    const key = newDevice();
    await snapshots().write(key, 'A', 1, parts('one', 'two'));
    const asked: string[] = [];
    const table = local.open();
    table.client.middlewareStack.add(
      (next, context) => (args) => {
        const { ConsistentRead: strong } = Object(args.input);
        asked.push(`${context.commandName} ${strong ? 'strong' : 'eventual'}`);
        return next(args);
      },
      { step: 'initialize' },
    );
    const store = createSnapshotParts(table);
    expect(await store.read(key, refTo('A', parts('one', 'two')))).toBeDefined();
    expect(asked).toEqual(['GetItemCommand eventual', 'GetItemCommand eventual']);
    asked.length = 0;
    expect(await store.read(key, refTo('A', parts('one', 'due')))).toBeUndefined();
    expect(asked.toSorted()).toEqual([
      'GetItemCommand eventual',
      'GetItemCommand eventual',
      'GetItemCommand strong',
    ]);
  });

  it('gives 50,000 ids back byte for byte, from parts that fit into items', async () => {
    const key = newDevice();
    const friends = Array.from(
      { length: 50_000 },
      (_, index) => `wxid_${partDigestOf(Buffer.from([index >> 8, index])).slice(0, 14)}`,
    );
    const body = packBody({ friends, chatrooms: [], ghs: [] }) ?? new Uint8Array();
    const written = splitIntoParts(body);
    expect(written.length).toBeGreaterThan(1);
    expect(await snapshots().write(key, 'A', 1, written)).toBe(true);
    const bytes = await snapshots().read(key, refTo('A', written));
    expect(bytes && Buffer.compare(bytes, body)).toBe(0);
    expect(bytes && unpackBody(bytes).friends).toEqual(friends);
  });

  it('gives one writer’s whole list or nothing, however two writers and a reader interleave', async () => {
    const schedules = fc.scheduler();
    await fc.assert(
      fc.asyncProperty(schedules, async (scheduler) => {
        const key = newDevice();
        const inOrder: Watch = async ({ send }) => {
          await scheduler.schedule(Promise.resolve());
          await send();
        };
        const store = snapshots(inOrder);
        const lists = { early: parts('e1', 'e2', 'e3'), late: parts('l1', 'l2', 'l3') };
        const writes = [store.write(key, 'A', 1, lists.early), store.write(key, 'A', 2, lists.late)];
        const reads = [store.read(key, refTo('A', lists.early)), store.read(key, refTo('A', lists.late))];
        await scheduler.waitFor(Promise.all([...writes, ...reads]));
        const [early, late] = (await Promise.all(reads)).map(
          (bytes) => bytes && Buffer.from(bytes).toString(),
        );
        expect([undefined, 'e1e2e3']).toContain(early);
        expect([undefined, 'l1l2l3']).toContain(late);
        // Whatever the order: in the end the later claim's list stands there, whole.
        expect(await textAt(key, refTo('A', lists.late))).toBe('l1l2l3');
      }),
      { numRuns: 25 },
    );
  });
});
