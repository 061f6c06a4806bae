import { describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import type { Target } from './target.ts';

const canary = 'canary-4f9d1c7e-token';

/** Where a token must not stand; `patientSettings`. `keptTexts`: all that the service keeps or sends, readable. */
export function secretsSuite(targetOf: () => Target, keptTexts: () => Promise<readonly string[]>): void {
  describe('the token', () => {
    it('is in no answer, no message and no item, whatever GeWe says', async () => {
      await targetOf().setScenario('normal');
      const client = clientOf(targetOf().url, canary);
      const replies = [await client.fetchContactsList('wx_canary'), await client.getContacts('wx_canary')];
      await targetOf().setScenario('token-rejected');
      replies.push(
        await client.fetchContactsList('wx_canary_refused'),
        await client.startRefresh('wx_canary_refused'),
      );
      expect(replies.map(({ text }) => JSON.parse(text).ret)).toContain(500);
      for (const { text, headers } of replies) {
        expect(text).not.toContain('canary');
        expect(JSON.stringify(headers)).not.toContain('canary');
      }
      const texts = await keptTexts();
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.filter((text) => text.includes('canary'))).toEqual([]);
    });
  });
}
