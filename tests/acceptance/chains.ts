import { describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import type { Target } from './target.ts';

/**
 * A chain of messages that is longer than Lambda lets a loop be. Needs `chainSettings`: each of eleven list calls is a message, and so
 * is the look into GeWe's cache that follows it.
 */
export function chainsSuite(targetOf: () => Target): void {
  describe('a refresh whose GeWe times out at every try, with ten retries', () => {
    it('ends as its rules say, and not because its worker was stopped', async () => {
      const target = targetOf();
      await target.setScenario('hangs');
      const client = clientOf(target.url, 'token-of-chains');
      const { id } = JSON.parse((await client.startRefresh('wx_chain')).text);
      for (let refresh = { endedAt: null }; refresh.endedAt === null; ) {
        const reply = await client.getRefresh('wx_chain', id, { headers: { Prefer: 'wait=25' } });
        refresh = JSON.parse(reply.text);
        if (refresh.endedAt === null) continue;
        expect(refresh).toMatchObject({
          status: 'failed',
          error: { type: 'urn:problem-type:gewe-contacts:upstream-timeout' },
        });
      }
      expect(await target.listCallsOf('wx_chain')).toBe(11);
      await target.setScenario('normal');
    });
  });
}
