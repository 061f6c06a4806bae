import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { collected, itemsOf, useLocalTable } from '../../../tests/support/local-table.ts';
import { type Change, differenceSince, maxKeptIds } from '../../device/changes.ts';
import type { Contacts } from '../../device/contacts.ts';
import { createChangeStore } from './change-store.ts';
import { putItem } from './table.ts';

const local = useLocalTable();
const nowMs = Date.UTC(2027, 0, 31);
const dayMs = 24 * 3_600_000;
const changesAt = (atMs: number) => createChangeStore(local.open(), { now: () => atMs });

let device = 0;
const newDevice = () => `device-${++device}`;

const nobody: Contacts = { friends: [], chatrooms: [], ghs: [] };
function change(rev: number, atMs = nowMs, friends: readonly string[] = [`wxid_${rev}`]): Change {
  return {
    from: `digest-${rev - 1}`,
    to: `digest-${rev}`,
    atMs,
    difference: { added: { ...nobody, friends }, removed: { ...nobody, chatrooms: ['1@chatroom'] } },
  };
}

async function all(deviceKey: string, atMs = nowMs): Promise<readonly Change[]> {
  return collected(changesAt(atMs).newestFirst(deviceKey));
}

it('gives the changes of a device newest first, as they were put, over several pages', async () => {
  const key = newDevice();
  const revs = Array.from({ length: 23 }, (_, index) => index * 7 + 1);
  for (const rev of revs.toReversed()) await changesAt(nowMs).put(key, rev, change(rev));
  await changesAt(nowMs).put(newDevice(), 5, change(5));
  expect(await all(key)).toEqual(revs.toReversed().map((rev) => change(rev)));
});

it('sorts by the number of the revision, not by its digits', async () => {
  const key = newDevice();
  for (const rev of [9, 10, 100]) await changesAt(nowMs).put(key, rev, change(rev));
  expect((await all(key)).map(({ to }) => to)).toEqual(['digest-100', 'digest-10', 'digest-9']);
});

it('reads no further than the consumer iterates', async () => {
  const key = newDevice();
  for (let rev = 1; rev <= 25; rev += 1) await changesAt(nowMs).put(key, rev, change(rev));
  let queries = 0;
  const table = local.open(async ({ send }) => {
    queries += 1;
    await send();
  });
  for await (const { to } of createChangeStore(table, { now: () => nowMs }).newestFirst(key)) {
    expect(to).toBe('digest-25');
    break;
  }
  expect(queries).toBe(1);
});

describe('however much has changed', () => {
  const noise = (bytes: number) => randomBytes(bytes).toString('base64url');
  /** Changes of 1,000 ids that do not compress, each of some 24 KB as it is stored. */
  const large = (rev: number) =>
    change(
      rev,
      nowMs,
      Array.from({ length: 1_000 }, () => `wxid_${noise(18)}`),
    );

  it('one request reads about 2 MB of it, and then no further page', async () => {
    const key = newDevice();
    const store = changesAt(nowMs);
    for (let rev = 1; rev <= 250; rev += 1) await store.put(key, rev, large(rev));
    const pages: number[] = [];
    const table = local.open(async ({ send }) => {
      pages.push(bytesIn(await send()));
    });
    const read = await collected(createChangeStore(table, { now: () => nowMs }).newestFirst(key));
    expect(read[0]?.to).toBe('digest-250');
    expect(read.length).toBeGreaterThan(60);
    expect(read.length).toBeLessThan(150);
    expect(pages.length).toBeLessThanOrEqual(4);
    expect(pages.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(3.1 * 1024 * 1024);
  });

  it('a client that asks with an older list is answered that they are gone, after 1,000 changes in 11 pages', async () => {
    const key = newDevice();
    const store = changesAt(nowMs);
    for (let rev = 1; rev <= 1_100; rev += 1) await store.put(key, rev, change(rev));
    let pages = 0;
    const table = local.open(async ({ send }) => {
      pages += 1;
      await send();
    });
    const changes = createChangeStore(table, { now: () => nowMs }).newestFirst(key);
    expect(await differenceSince('digest-0', 'digest-1100', changes)).toBeUndefined();
    expect(pages).toBe(11);
  });
});

/** The bytes of the changes in an answer of DynamoDB. */
function bytesIn(output: unknown): number {
  const { Items: items = [] }: { Items?: { content?: { B?: Uint8Array } }[] } = Object(output);
  return items.reduce((sum, { content }) => sum + (content?.B?.byteLength ?? 0), 0);
}

it('leaves out what is older than 30 days, though DynamoDB has not deleted it yet', async () => {
  const key = newDevice();
  await changesAt(nowMs).put(key, 1, change(1, nowMs - 30 * dayMs));
  await changesAt(nowMs).put(key, 2, change(2, nowMs - 30 * dayMs + 1));
  expect((await all(key)).map(({ to }) => to)).toEqual(['digest-2']);
});

it('lets DynamoDB delete a change 30 days after it', async () => {
  const key = newDevice();
  const table = local.open();
  await createChangeStore(table, { now: () => nowMs }).put(key, 3, change(3, nowMs - 1));
  const [item] = await itemsOf(table, key);
  expect(item?.sk?.S).toBe('CHANGE#0000000003');
  expect(item?.fence?.N).toBe('3');
  expect(item?.expiresAtEpochS?.N).toBe(String(Date.UTC(2027, 2, 2) / 1000));
});

describe('the size of a change', () => {
  const friends = (count: number) => Array.from({ length: count }, (_, index) => `wxid_${index}`);

  it('is told up to the limit, removed and added together', async () => {
    const key = newDevice();
    const full = change(1, nowMs, friends(maxKeptIds - 1));
    await changesAt(nowMs).put(key, 1, full);
    expect(await all(key)).toEqual([full]);
  });

  it('leaves only the fact of one that is larger', async () => {
    const key = newDevice();
    await changesAt(nowMs).put(key, 1, change(1, nowMs, friends(maxKeptIds)));
    expect(await all(key)).toEqual([{ from: 'digest-0', to: 'digest-1', atMs: nowMs }]);
  });
});

it('names the field of a change that it cannot read', async () => {
  const key = newDevice();
  await putItem(local.open(), key, 'CHANGE#0000000001', { content: { B: Buffer.from('{}') } });
  await expect(all(key)).rejects.toThrow('stored change: expected gzip');
});
