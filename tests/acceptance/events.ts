import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { call } from './client.ts';
import type { Target } from './target.ts';

const token = 'token-of-acceptance-events';
const samples = join(import.meta.dirname, '../../mocks/gewe/callbacks');
const sampleOf = (name: string, appId: string) =>
  readFileSync(join(samples, `${name}.json`), 'utf8').replaceAll('wx_demo', appId);
/** Too large for a message, however well it is packed. */
const unpackable = randomBytes(900_000).toString('base64');
const soon = { timeout: 45_000, interval: 250 };

/** A list that keeps itself fresh, and tells others; `quickSettings`, and forwarding to 127.0.0.1 allowed. */
export function eventsSuite(targetOf: () => Target): void {
  let bot: ScriptedServer;
  /** What the bot answers next, before it is well again. */
  const troubles: number[] = [];
  beforeAll(async () => {
    await targetOf().setScenario('normal');
    bot = await startScriptedServer((response) => {
      response.statusCode = troubles.shift() ?? 200;
      response.end();
    });
  });
  afterAll(() => bot.close());

  const ask = (method: string, path: string, body?: object | string) =>
    call(`${targetOf().url}${path}`, method, { token, ...(body !== undefined && { body }) });
  const subscription = (appId: string) => `/v1/devices/${appId}/subscription`;
  /** The callback's URL leads to the gateway by its own name, which leads nowhere here. */
  const pathOf = (url: string) => new URL(url).pathname.replace(/^.*(?=\/v1\/callbacks\/)/, '');
  const arrived = (body: string | Buffer) =>
    vi.waitFor(() => expect(bot.received.some((got) => got.body.equals(Buffer.from(body)))).toBe(true), soon);

  async function subscribe(appId: string, terms: object = {}): Promise<string> {
    const put = await ask('PUT', subscription(appId), terms);
    expect(put.status, put.text).toBe(201);
    return JSON.parse(put.text).id;
  }

  async function listen(terms: object): Promise<string> {
    const put = await ask('PUT', '/v1/callback', terms);
    expect([200, 201], put.text).toContain(put.status);
    return pathOf(JSON.parse(put.text).url);
  }

  describe('an event', () => {
    it('with the id of a subscription refreshes its device; the change is told', async () => {
      const id = await subscribe('wx_event');
      await targetOf().putEvent('Contacts Refresh Requested', { subscriptionId: id });
      await vi.waitFor(async () => {
        const told = await targetOf().toldEvents();
        const mine = told.filter(({ detail }) => detail.subscriptionId === id);
        expect(mine).toMatchObject([
          { type: 'Contacts Changed', detail: { from: null, added: 39, removed: 0 } },
        ]);
      }, soon);
      expect((await ask('GET', '/v1/devices/wx_event/contacts')).status).toBe(200);
    });

    it('that is malformed, or names nothing, does no harm', async () => {
      await targetOf().putEvent('Contacts Refresh Requested', { subscriptionId: 'x' });
      await targetOf().putEvent('Contacts Refresh Requested', {
        subscriptionId: `${'A'.repeat(43)}.aaaaaaaa`,
      });
      expect((await ask('GET', subscription('wx_event'))).status).toBe(200);
    });

    it('tells of a refresh that failed', async () => {
      await targetOf().setScenario('offline');
      const id = await subscribe('wx_event_failed');
      await targetOf().putEvent('Contacts Refresh Requested', { subscriptionId: id });
      await vi.waitFor(async () => {
        const told = await targetOf().toldEvents();
        const mine = told.filter(({ detail }) => detail.subscriptionId === id);
        expect(mine).toMatchObject([
          { type: 'Contacts Refresh Failed', detail: { class: 'device-offline' } },
        ]);
      }, soon);
      await targetOf().setScenario('normal');
      expect((await ask('DELETE', subscription('wx_event_failed'))).status).toBe(204);
      expect((await ask('GET', subscription('wx_event_failed'))).status).toBe(404);
    });
  });

  describe('a callback', () => {
    it('goes on to the bot byte for byte, large ones too, and again when the bot was ill', async () => {
      const path = await listen({ register: true, forwardTo: `http://127.0.0.1:${bot.port}/hook` });
      troubles.push(503);
      for (const body of [
        sampleOf('friend-text', 'wx_nobody'),
        `{"large":"canary-body äöü ${unpackable}"}`,
      ]) {
        expect((await ask('POST', path, body)).status).toBe(200);
        await arrived(body);
      }
    });

    it('of nobody is told from none', async () => {
      const { status, text } = await ask('POST', `/v1/callbacks/${'x'.repeat(54)}`, '{}');
      expect(status).toBe(404);
      expect(text).toBe((await ask('POST', '/v1/nothing', '{}')).text);
    });

    it('of a subscribed device discovers rooms, and refreshes when a friend goes', async () => {
      const path = await listen({});
      await subscribe('wx_callback');
      const message = sampleOf('room-text', 'wx_callback');
      for (const room of ['20000000001', '20000000002', '20000000001']) {
        await ask('POST', path, message.replaceAll('20000000001', room));
      }
      await ask('POST', path, sampleOf('friend-deleted', 'wx_callback'));
      await vi.waitFor(async () => {
        const { chatrooms = [] } = JSON.parse((await ask('GET', '/v1/devices/wx_callback/chatrooms')).text);
        const found = chatrooms.filter(({ discovered }: { discovered: boolean }) => discovered);
        expect(found).toHaveLength(2);
        for (const room of found) expect(room).toMatchObject({ saved: false, name: expect.any(String) });
        expect((await ask('GET', '/v1/devices/wx_callback/contacts')).status).toBe(200);
      }, soon);
      expect(await targetOf().listCallsOf('wx_callback')).toBe(1);
    });

    it('that is large, and goes nowhere, is taken all the same', async () => {
      const path = await listen({});
      const large = sampleOf('room-image', 'wx_callback').replace('{', `{"large":"${unpackable}",`);
      expect((await ask('POST', path, large)).status).toBe(200);
    });

    it('has a URL until it is deleted', async () => {
      const path = await listen({});
      expect((await ask('DELETE', '/v1/callback')).status).toBe(204);
      expect((await ask('POST', path, '{}')).status).toBe(404);
    });
  });

  it('all of it goes when the device is erased', async () => {
    for (const appId of ['wx_event', 'wx_callback']) {
      expect((await ask('DELETE', `/v1/devices/${appId}`)).status).toBe(204);
      expect((await ask('GET', subscription(appId))).status).toBe(404);
      expect((await ask('GET', `/v1/devices/${appId}/chatrooms`)).status).toBe(404);
    }
  });
}
