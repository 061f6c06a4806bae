import type { SnapshotStore } from '../../device/ports.ts';
import type { Slot, SnapshotRef } from '../../device/record.ts';
import { packBody, unpackBody } from './snapshot-body.ts';
import { partDigestOf, splitIntoParts } from './snapshot-parts.ts';
import { getItem, isNotAfter, numberOf, putItem, type Table } from './table.ts';

export function createSnapshotStore(table: Table): SnapshotStore {
  return packedSnapshots(createSnapshotParts(table));
}

/** Lists, packed and in parts. */
export function packedSnapshots(stored: SnapshotParts): SnapshotStore {
  return {
    async write(deviceKey, slot, fence, contacts) {
      const body = packBody(contacts);
      if (body === undefined) return 'too-large';
      const parts = splitIntoParts(body);
      return (await stored.write(deviceKey, slot, fence, parts)) ? parts.map(partDigestOf) : 'overtaken';
    },
    readPacked: (deviceKey, ref) => stored.read(deviceKey, ref),
    async read(deviceKey, ref) {
      const packed = await stored.read(deviceKey, ref);
      return packed && unpackBody(packed);
    },
  };
}

export interface SnapshotParts {
  /**
   * Writes all parts into the slot, each only over a part whose fence is not greater. False when a part of a later writer
   * stands there.
   */
  write(deviceKey: string, slot: Slot, fence: number, parts: readonly Uint8Array[]): Promise<boolean>;
  /** The bytes that `ref` points at, each part checked against its digest; undefined when one is missing or differs. */
  read(deviceKey: string, ref: SnapshotRef): Promise<Uint8Array | undefined>;
}

/**
 * The parts of the lists: `bytes` (B), `fence` (N, the revision of the writer's claim), `digest` (S). A list has a
 * handful of parts at most, so all are written or read at once.
 */
export function createSnapshotParts(table: Table): SnapshotParts {
  return {
    async write(deviceKey, slot, fence, parts) {
      const puts = parts.map((part, index) => putPart(table, deviceKey, partSk(slot, index), fence, part));
      // All are waited for: none goes on writing when this writer has said that it is done, or has failed.
      const written = await Promise.allSettled(puts);
      for (const put of written) if (put.status === 'rejected') throw put.reason;
      return written.every((put) => put.status === 'fulfilled' && put.value);
    },

    async read(deviceKey, ref) {
      const parts = await Promise.all(
        ref.partDigests.map((digest, index) => readPart(table, deviceKey, ref, index, digest)),
      );
      const whole: Uint8Array[] = [];
      for (const part of parts) {
        if (part === undefined) return undefined;
        whole.push(part);
      }
      const [only] = whole;
      return whole.length === 1 ? only : Buffer.concat(whole);
    },
  };
}

function partSk(slot: Slot, index: number): string {
  return `SNAPSHOT#${slot}#${String(index).padStart(2, '0')}`;
}

function putPart(
  table: Table,
  deviceKey: string,
  sk: string,
  fence: number,
  part: Uint8Array,
): Promise<boolean> {
  const attributes = {
    bytes: { B: part },
    fence: numberOf(fence),
    digest: { S: partDigestOf(part) },
  };
  return putItem(table, deviceKey, sk, attributes, isNotAfter(fence));
}

/** Eventually consistent first, at half the price: the digest says whether that was enough. */
async function readPart(
  table: Table,
  deviceKey: string,
  { slot }: SnapshotRef,
  index: number,
  digest: string,
): Promise<Uint8Array | undefined> {
  for (const consistency of ['eventual', 'strong'] as const) {
    const item = await getItem(table, deviceKey, partSk(slot, index), consistency);
    const bytes = item?.bytes?.B;
    if (bytes !== undefined && partDigestOf(bytes) === digest) return bytes;
  }
  return undefined;
}
