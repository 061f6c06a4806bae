import { describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import type { Target } from './target.ts';

/**
 * What comes of a message that cannot be served. The worker's keyring has another key than the one that tokens are
 * sealed for, and a queue gives up within the 25 s that a caller waits.
 */
export function deadLettersSuite(targetOf: () => Target): void {
  describe('a refresh whose worker fails every time', () => {
    it('ends in the dead-letter queue, whose function fails it in words', async () => {
      const client = clientOf(targetOf().url, 'token-of-the-dead');
      const { id } = JSON.parse((await client.startRefresh('wx_dead')).text);
      const ended = await client.getRefresh('wx_dead', id, { headers: { Prefer: 'wait=25' } });
      expect(JSON.parse(ended.text)).toMatchObject({
        status: 'failed',
        error: { type: 'urn:problem-type:gewe-contacts:worker-crashed' },
      });
      expect(JSON.parse((await client.startRefresh('wx_dead')).text).id).not.toBe(id);
    });
  });
}
