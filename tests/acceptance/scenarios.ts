import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ScenarioName } from '../../mocks/gewe/scenarios.ts';
import { clientOf } from './client.ts';
import type { Target } from './target.ts';

const failing: [ScenarioName, string][] = [
  ['token-rejected', 'token-rejected'],
  ['device-unknown', 'device-unknown'],
  ['offline', 'device-offline'],
  ['no-data', 'upstream-empty'],
  ['empty-lists', 'upstream-empty'],
  ['malformed', 'upstream-malformed'],
  ['truncated', 'upstream-error'],
  ['reset', 'upstream-error'],
  ['server-error', 'upstream-error'],
  ['hangs', 'upstream-timeout'],
];

/** What comes of everything that GeWe does; `quickSettings`. */
export function scenariosSuite(targetOf: () => Target): void {
  let client: ReturnType<typeof clientOf>;
  let device = 0;
  let appId = '';
  beforeAll(async () => {
    client = clientOf(targetOf().url, 'token-of-scenarios');
  });
  beforeEach(async () => {
    device += 1;
    appId = `wx_scenario_${device}`;
    await targetOf().setScenario('normal');
  });

  async function refreshed(): Promise<{
    status: string;
    error: { type: string } | null;
    id: string;
    attempt: number;
  }> {
    const { id } = JSON.parse((await client.startRefresh(appId)).text);
    for (;;) {
      const reply = await client.getRefresh(appId, id, { headers: { Prefer: 'wait=25' } });
      const refresh = JSON.parse(reply.text);
      if (refresh.endedAt !== null) return refresh;
    }
  }

  describe('when GeWe fails', () => {
    it.each(failing)(
      '%s: the refresh fails as %s, the stored list stays, and the next good refresh heals',
      async (scenario, failure) => {
        await refreshed();
        const before = await client.getContacts(appId);
        await targetOf().setScenario(scenario);
        expect(await refreshed()).toMatchObject({
          status: 'failed',
          error: { type: `urn:problem-type:gewe-contacts:${failure}` },
        });
        const after = await client.getContacts(appId);
        expect(after.text).toBe(before.text);
        expect(after.headers.etag).toBe(before.headers.etag);
        await targetOf().setScenario('normal');
        expect(await refreshed()).toMatchObject({ status: 'succeeded' });
      },
    );

    it("tells a failure in GeWe's own envelope too, and never the token", async () => {
      await targetOf().setScenario('token-rejected');
      const reply = await client.fetchContactsList(appId, { headers: { Prefer: 'wait=20' } });
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'token-rejected' } });
      expect(reply.text).not.toContain('token-of-scenarios');
    });
  });

  describe('when GeWe is difficult', () => {
    it('a list call that is lost is found in the cache, as GeWe documents it', async () => {
      await targetOf().setScenario('timeout-then-cached', 1);
      expect(await refreshed()).toMatchObject({ status: 'succeeded', attempt: 1 });
      expect(await targetOf().listCallsOf(appId)).toBe(1);
    });

    it('a dirty list is cleaned', async () => {
      await targetOf().setScenario('dirty');
      await refreshed();
      const { data } = JSON.parse((await client.getContacts(appId)).text);
      for (const ids of [data.friends, data.chatrooms, data.ghs]) {
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).not.toContain(null);
        expect(ids).not.toContain('null');
      }
    });

    it('30,000 ids are served whole', async () => {
      await targetOf().setScenario('huge');
      expect(await refreshed()).toMatchObject({ status: 'succeeded' });
      const { data } = JSON.parse((await client.getContacts(appId)).text);
      expect(data.friends.length + data.chatrooms.length + data.ghs.length).toBe(30_000);
    });

    it('changes are told since any list that was served', async () => {
      await refreshed();
      const first = (await client.getContacts(appId)).headers.etag?.slice(3, -1) ?? '';
      await targetOf().setScenario('huge');
      const huge = await refreshed();
      expect(huge).toMatchObject({ status: 'succeeded' });
      // Too large to be kept: the whole list is the better answer.
      expect((await client.getChanges(appId, first)).status).toBe(410);
      const second = (await client.getContacts(appId)).headers.etag?.slice(3, -1) ?? '';
      const none = await client.getChanges(appId, second);
      expect(JSON.parse(none.text)).toMatchObject({
        from: second,
        to: second,
        added: { friends: [], chatrooms: [], ghs: [] },
      });
    });

    it('ended refreshes can be read after many others', async () => {
      const ids: string[] = [];
      for (let round = 0; round < 6; round += 1) ids.push((await refreshed()).id);
      for (const id of ids) expect((await client.getRefresh(appId, id)).status).toBe(200);
    });
  });
}
