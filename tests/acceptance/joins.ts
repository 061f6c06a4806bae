import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import type { Target } from './target.ts';

/** What starts come to while GeWe is slow; `quickSettings`. */
export function joinsSuite(targetOf: () => Target): void {
  let client: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    await targetOf().setScenario('slow', targetOf().slowS);
    client = clientOf(targetOf().url, 'token-of-joins');
  });

  describe('starts while a refresh is under way', () => {
    it('are answered within their wait, and many of them make one list call', async () => {
      const first = await client.fetchContactsList('wx_slow');
      expect(JSON.parse(first.text)).toEqual({
        ret: 202,
        msg: expect.stringContaining('fetchContactsListCache'),
      });
      const starts = Array.from({ length: targetOf().startsAtOnce }, () =>
        client.startRefresh('wx_slow', { headers: { Prefer: 'respond-async' } }),
      );
      const joined = await Promise.all(starts);
      expect(new Set(joined.map(({ status }) => status))).toEqual(new Set([202]));
      const ids = new Set(joined.map(({ text }) => JSON.parse(text).id));
      expect(ids.size).toBe(1);
      const [id = ''] = ids;
      const ended = await client.getRefresh('wx_slow', id, { headers: { Prefer: 'wait=20' } });
      expect(JSON.parse(ended.text)).toMatchObject({ status: 'succeeded', attempt: 1 });
      expect(await targetOf().listCallsOf('wx_slow')).toBe(1);
    });

    it('at once, with none before them, make one refresh', async () => {
      const starts = Array.from({ length: Math.min(30, targetOf().startsAtOnce) }, () =>
        client.startRefresh('wx_stampede'),
      );
      const ids = (await Promise.all(starts)).map(({ text }) => JSON.parse(text).id);
      expect(new Set(ids).size).toBe(1);
    });

    it('wait as long as they ask to, and say so', async () => {
      const reply = await client.fetchContactsList('wx_wait', { headers: { Prefer: 'wait=20' } });
      expect(JSON.parse(reply.text).ret).toBe(200);
      expect(reply.headers['preference-applied']).toBe('wait=20');
      expect(reply.headers['cache-status']).toBe('gewe-contacts; fwd=request; stored');
    });

    it('are answered when their device is erased and begun anew while they wait', async () => {
      const waiting: ReturnType<typeof client.startRefresh>[] = [];
      for (let count = 0; count < 3; count += 1) {
        // Apart, so that not all of them look while the device is erased.
        await sleep(250);
        waiting.push(client.startRefresh('wx_erased', { headers: { Prefer: 'wait=10' } }));
      }
      await sleep(250);
      await client.eraseDevice('wx_erased');
      await client.startRefresh('wx_erased');
      for (const { status } of await Promise.all(waiting)) expect(status).toBe(202);
    });

    it('while the refresh runs, the list from before is served as before', async () => {
      const before = await client.getContacts('wx_wait');
      await client.startRefresh('wx_wait');
      expect((await client.getContacts('wx_wait')).text).toBe(before.text);
    });
  });
}
