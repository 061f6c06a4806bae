import { bodyKeptMs } from '../../callbacks/forward-rules.ts';
import type { BodyParts } from '../../callbacks/ports.ts';
import type { Clock } from '../../device/ports.ts';
import { splitIntoParts } from './snapshot-parts.ts';
import { expiringAt, getItemAt, type ItemKey, putItemAt, type Table } from './table.ts';

/**
 * Sealed bodies too large for a message: `bytes` (B), TTL 16 days. Each part has a partition of its own: together they
 * would exceed what DynamoDB takes for one partition in a second (1,000 write units, one for each KB).
 */
export function createBodyParts(table: Table, clock: Pick<Clock, 'now'>): BodyParts {
  return {
    async put(deliveryId, sealed) {
      const parts = splitIntoParts(Buffer.from(sealed, 'latin1'));
      const ttl = expiringAt(clock.now() + bodyKeptMs);
      await Promise.all(
        parts.map((part, index) =>
          putItemAt(table, keyOf(deliveryId, index), { bytes: { B: part }, ...ttl }),
        ),
      );
      return parts.length;
    },

    async read(deliveryId, parts) {
      const items = await Promise.all(
        keysOf(deliveryId, parts).map((key) => getItemAt(table, key, 'strong')),
      );
      const bytes = items.map((item) => item?.bytes?.B).filter((part) => part !== undefined);
      return bytes.length === parts ? Buffer.concat(bytes).toString('latin1') : undefined;
    },
  };
}

function keysOf(deliveryId: string, parts: number): readonly ItemKey[] {
  return Array.from({ length: parts }, (_, index) => keyOf(deliveryId, index));
}

function keyOf(deliveryId: string, index: number): ItemKey {
  return { pk: `B#${deliveryId}#${String(index).padStart(2, '0')}`, sk: 'PART' };
}
