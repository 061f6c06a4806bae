import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../acceptance/client.ts';
import { quickSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

const most = 6;
let service: Service;
beforeAll(async () => {
  const env = { ...quickSettings, MAX_LIST_CALLS: String(most) };
  service = await startService({ env, scenario: 'slow', seconds: 1 });
});
afterAll(async () => {
  await service.close();
  delete process.env.MAX_LIST_CALLS;
});

it('never has more list calls open than MAX_LIST_CALLS, uses all of them, and works off whatever waits', async () => {
  const client = clientOf(service.url, 'token-of-many');
  const appIds = Array.from({ length: 4 * most }, (_, index) => `wx_many_${index}`);
  const starts = appIds.map((appId) =>
    client
      .startRefresh(appId, { headers: { Prefer: 'respond-async' } })
      .then(({ text }) => JSON.parse(text).id),
  );
  const ids = await Promise.all(starts);
  const ended = await Promise.all(
    appIds.map((appId, index) => client.getRefresh(appId, ids[index], { headers: { Prefer: 'wait=25' } })),
  );
  expect(ended.map(({ text }) => JSON.parse(text).status)).toEqual(appIds.map(() => 'succeeded'));
  expect(service.gewe.mock.state.mostOpenListCalls()).toBe(most);
});

it('no function crashed on the way', () => expect(service.crashes).toEqual([]));
