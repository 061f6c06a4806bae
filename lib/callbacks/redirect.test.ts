import { beforeEach, describe, expect, it } from 'vitest';
import { useLocalTable } from '../../tests/support/local-table.ts';
import { createCallbackStore } from '../aws/dynamodb/callback-store.ts';
import { tokenKeyOf } from '../device/keys.ts';
import { newSalt } from '../system/random.ts';
import { callbackIdOf, callbackKeyOf, callbackOwnerOf, idHashOf } from './callback-id.ts';
import type { CallbackRecord } from './ports.ts';
import type { CallbackSetting } from './redirect.ts';
import { noteRegistered, type RedirectPorts, redirectCallback } from './redirect.ts';

const local = useLocalTable();
const host = { urlBase: 'https://contacts.example.com/v1/callbacks/', ownHosts: ['contacts.example.com'] };
const bot = 'https://bot.example.com/wechat';
const clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };

let tokens = 0;
let token: string;
let ports: RedirectPorts;
/** What is done while the URL is checked. */
let meanwhile: () => Promise<unknown>;
beforeEach(() => {
  token = `token-${++tokens}`;
  meanwhile = async () => undefined;
  ports = {
    callbacks: createCallbackStore(local.open()),
    targets: {
      check: async (url) => {
        await meanwhile();
        return url.includes('private') ? { ok: false, why: 'must be public' } : { ok: true };
      },
    },
    clock,
  };
});

const keyOf = (of: string) => callbackKeyOf(tokenKeyOf(of));
const load = () => ports.callbacks.load(keyOf(token));

/** Takes the place of what there is. Gives the URL that GeWe is to call. */
async function put(more: Partial<CallbackRecord> = {}): Promise<string> {
  const salt = newSalt();
  const id = callbackIdOf(keyOf(token), token, salt);
  const before = await load();
  await ports.callbacks.compareAndSet(keyOf(token), before, {
    rev: (before?.rev ?? 0) + 1,
    tokenKey: tokenKeyOf(token),
    salt,
    idHash: idHashOf(id),
    registered: false,
    createdAtMs: 1_000_000,
    ownHosts: host.ownHosts,
    ...more,
  });
  return host.urlBase + id;
}
const redirect = (callbackUrl: string, setting: CallbackSetting = { token }) =>
  redirectCallback(callbackOwnerOf(token), { callbackUrl, ...setting }, host, ports);

it('a token without a callback here is none of our business', async () => {
  expect(await redirect(bot)).toEqual({ kind: 'no-callback' });
});

describe("the service's own URL", () => {
  it.each([false, true])('is for GeWe to be told, registered or not: %s', async (registered) => {
    const url = await put({ registered, forwardTo: bot });
    expect(await redirect(url)).toEqual({ kind: 'own-url', url });
    expect(await load()).toMatchObject({ rev: 1, registered, forwardTo: bot });
  });

  it('is registered once GeWe has taken it', async () => {
    const url = await put({ forwardTo: bot });
    await noteRegistered(callbackOwnerOf(token), url, host, ports);
    await noteRegistered(callbackOwnerOf(token), url, host, ports);
    expect(await load()).toMatchObject({ rev: 2, registered: true, forwardTo: bot });
  });

  it('is not registered when another one or none took its place meanwhile', async () => {
    const url = await put();
    await put();
    await noteRegistered(callbackOwnerOf(token), url, host, ports);
    expect(await load()).toMatchObject({ rev: 2, registered: false });
    await ports.callbacks.delete(keyOf(token));
    await noteRegistered(callbackOwnerOf(token), url, host, ports);
    expect(await load()).toBeUndefined();
  });
});

describe('another URL', () => {
  it.each([
    ['registered', { registered: true }],
    ['entered at GeWe by hand: a callback came', { lastReceivedAtMs: 5_000 }],
  ])('is forwarded to when the callback was %s', async (_what, more) => {
    await put(more);
    expect(await redirect(bot)).toEqual({ kind: 'kept' });
    expect(await load()).toMatchObject({ forwardTo: bot, ownHosts: host.ownHosts });
    expect(await redirect(bot)).toEqual({ kind: 'kept' });
    expect((await load())?.rev).toBe(2);
  });

  it('is refused when GeWe was never told of this service, and nothing changes', async () => {
    await put({ forwardTo: 'https://earlier.example.com' });
    expect(await redirect(bot)).toEqual({
      kind: 'invalid',
      pointer: '/callbackUrl',
      why: expect.stringContaining('PUT /v1/callback {"register":true}'),
    });
    expect(await load()).toMatchObject({ rev: 1, forwardTo: 'https://earlier.example.com' });
  });

  it('is refused when what GeWe was told was replaced meanwhile by what it was not', async () => {
    await put({ registered: true });
    meanwhile = () => put();
    expect(await redirect(bot)).toMatchObject({ kind: 'invalid', pointer: '/callbackUrl' });
    expect(await load()).not.toHaveProperty('forwardTo');
  });

  it('is for GeWe alone when the callback was deleted meanwhile', async () => {
    await put({ registered: true });
    meanwhile = () => ports.callbacks.delete(keyOf(token));
    expect(await redirect(bot)).toEqual({ kind: 'no-callback' });
    expect(await load()).toBeUndefined();
  });

  it.each([
    ['is not to be forwarded to', 'https://private.example.com', 'must be public'],
    ['is too long', `https://bot.example.com/${'x'.repeat(2_048)}`, 'must have at most 2048 characters'],
  ])('is refused when it %s', async (_what, url, why) => {
    await put({ registered: true });
    expect(await redirect(url)).toEqual({ kind: 'invalid', pointer: '/callbackUrl', why });
    expect((await load())?.rev).toBe(1);
  });
});

describe('a token in the body', () => {
  it('that is not that of the header is none of our business when neither has a callback here', async () => {
    expect(await redirect(bot, { token: 'without-a-callback' })).toEqual({ kind: 'no-callback' });
    expect(await redirect(bot, {})).toEqual({ kind: 'no-callback' });
  });

  it('has to be that of the header when it has a callback here', async () => {
    const url = await put({ registered: true });
    for (const callbackUrl of [bot, url]) {
      const setting = { token, callbackUrl };
      const outcome = await redirectCallback(callbackOwnerOf('without-a-callback'), setting, host, ports);
      expect(outcome).toMatchObject({ kind: 'invalid', pointer: '/token' });
    }
    expect((await load())?.rev).toBe(1);
  });

  it.each([
    ['another one', { token: 'another' }],
    ['none at all', {}],
  ])('has to be that of the header when that has a callback here, and not %s', async (_what, setting) => {
    const url = await put({ registered: true });
    for (const each of [bot, url]) {
      expect(await redirect(each, setting)).toMatchObject({ kind: 'invalid', pointer: '/token' });
    }
    expect((await load())?.rev).toBe(1);
  });
});
