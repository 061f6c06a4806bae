import { createHash } from 'node:crypto';
import type { AcceptedTokens, Clock } from '../../device/ports.ts';
import { expiringAt, getItemAt, type Item, putItemAt, type Table, ttlAttribute } from './table.ts';

/** Long enough for whoever has used a token lately; without it, GeWe is asked. */
const rememberedMs = 90 * 24 * 3_600_000;

const sk = 'ACCEPTED';

/** That GeWe has accepted a token, under a hash of its key; gone after 90 days. */
export function createAcceptedTokens(table: Table, clock: Pick<Clock, 'now'>): AcceptedTokens {
  return {
    async note(tokenKey) {
      await putItemAt(table, { pk: partitionOf(tokenKey), sk }, expiringAt(clock.now() + rememberedMs));
    },

    async has(tokenKey) {
      const item = await getItemAt(table, { pk: partitionOf(tokenKey), sk }, 'eventual');
      return item !== undefined && isFresh(item, clock.now());
    },
  };
}

function partitionOf(tokenKey: Uint8Array): string {
  return `T#${createHash('sha256').update(tokenKey).digest('base64url')}`;
}

/** TTL deletes late. */
function isFresh(item: Item, nowMs: number): boolean {
  return nowMs < Number(item[ttlAttribute]?.N) * 1000;
}
