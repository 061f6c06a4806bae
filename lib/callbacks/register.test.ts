import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useLocalTable } from '../../tests/support/local-table.ts';
import { createAcceptedTokens } from '../aws/dynamodb/accepted-tokens.ts';
import { createCallbackStore } from '../aws/dynamodb/callback-store.ts';
import { tokenKeyOf } from '../device/keys.ts';
import type { AccountAnswer } from '../device/ports.ts';
import { newSalt } from '../system/random.ts';
import { callbackKeyOf, callbackOwnerOf, isIdOf } from './callback-id.ts';
import type { CallbackStore } from './ports.ts';
import {
  type CallbackInput,
  type CallbackPorts,
  deleteCallback,
  readCallback,
  upsertCallback,
} from './register.ts';

const local = useLocalTable();
const never = new AbortController().signal;
const clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };
const input: CallbackInput = {
  register: false,
  urlBase: 'https://contacts.example.com/v1/callbacks/',
  ownHosts: ['contacts.example.com'],
};
const registering = { ...input, register: true };

let tokens = 0;
let token: string;
let said: AccountAnswer;
let saidOfUrl: AccountAnswer;
let asked: string[];
let meanwhile: (url: string) => Promise<void>;
let ports: CallbackPorts;
beforeEach(() => {
  token = `token-${++tokens}`;
  said = { kind: 'success' };
  saidOfUrl = { kind: 'success' };
  asked = [];
  meanwhile = async () => undefined;
  const table = local.open();
  ports = {
    callbacks: createCallbackStore(table),
    tokens: createAcceptedTokens(table, clock),
    account: {
      checkOnline: async ({ appId }) => {
        asked.push(`checkOnline ${appId}`);
        return said;
      },
      setCallback: async (_token, url) => {
        asked.push('setCallback');
        await meanwhile(url);
        return saidOfUrl;
      },
    },
    targets: {
      check: async (url, ownHosts) =>
        url.includes('private') ? { ok: false, why: `refused, not ${ownHosts}` } : { ok: true },
    },
    clock,
    newSalt,
  };
});

const put = (terms: CallbackInput = input) => upsertCallback(callbackOwnerOf(token), terms, ports, never);
const read = () => readCallback(callbackOwnerOf(token), ports);
const idAfter = async (terms: CallbackInput = input) => {
  const done = await put(terms);
  if (done.kind !== 'stored') throw new Error(done.kind);
  return done.callback.id;
};

describe('a callback that is put', () => {
  it('has an id that its owner alone can be told again, and that stays', async () => {
    const first = await put();
    expect(first).toMatchObject({ kind: 'stored', created: true });
    const id = await idAfter();
    const again = await put({ ...input, forwardTo: 'https://bot.example.com' });
    expect(again).toMatchObject({ kind: 'stored', created: false, callback: { id } });
    const kept = await read();
    expect(kept).toMatchObject({
      id,
      record: { forwardTo: 'https://bot.example.com', createdAtMs: 1_000_000 },
    });
    expect(isIdOf(id, kept?.record.idHash ?? new Uint8Array())).toBe(true);
    expect(await readCallback(callbackOwnerOf('another-token'), ports)).toBeUndefined();
  });

  it('replaces what was put before', async () => {
    await put({ ...input, forwardTo: 'https://bot.example.com' });
    await put({ ...input, ownHosts: ['other.example.com'] });
    const kept = await read();
    expect(kept?.record).not.toHaveProperty('forwardTo');
    expect(kept?.record.ownHosts).toEqual(['other.example.com']);
  });

  it('is another one after it was deleted', async () => {
    const id = await idAfter();
    await deleteCallback(callbackOwnerOf(token), ports);
    await deleteCallback(callbackOwnerOf(token), ports);
    expect(await read()).toBeUndefined();
    expect(await idAfter()).not.toBe(id);
  });

  it('is one, whoever puts it at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => idAfter()));
    expect(new Set(ids).size).toBe(1);
  });

  it('is created when the answer to the store was lost', async () => {
    const { callbacks } = ports;
    let lost = 0;
    const losing: CallbackStore = {
      ...callbacks,
      compareAndSet: async (...swapped) => (await callbacks.compareAndSet(...swapped)) && lost++ > 0,
    };
    const done = await upsertCallback(callbackOwnerOf(token), input, { ...ports, callbacks: losing }, never);
    expect(done).toMatchObject({ kind: 'stored', created: true });
  });
});

describe('a token', () => {
  it('that GeWe has accepted is not asked about again', async () => {
    await put();
    await put();
    expect(asked).toEqual(['checkOnline wx_gewe_contacts']);
  });

  it.each(['device-unknown', 'device-offline'] as const)(
    'is accepted by GeWe that says %s',
    async (failure) => {
      said = { kind: 'failure', class: failure };
      expect(await put()).toMatchObject({ kind: 'stored' });
      expect(await ports.tokens.has(tokenKeyOf(token))).toBe(true);
    },
  );

  it.each([
    ['token-rejected', 'token-rejected'],
    ['upstream-timeout', 'token-unverified'],
    ['upstream-error', 'token-unverified'],
  ] as const)('of which GeWe says %s gets no callback: %s', async (failure, why) => {
    said = { kind: 'failure', class: failure };
    expect(await put()).toEqual({ kind: 'rejected', why });
    expect(await read()).toBeUndefined();
    expect(await ports.tokens.has(tokenKeyOf(token))).toBe(false);
  });
});

describe('registering', () => {
  it('tells GeWe the URL once it is good for a probe', async () => {
    meanwhile = async (url) => {
      const kept = await read();
      expect(url).toBe(`${input.urlBase}${kept?.id}`);
      expect(kept?.record.registered).toBe(false);
      await ports.callbacks.noteReceived(callbackKeyOf(tokenKeyOf(token)), 5_000);
    };
    expect(await put(registering)).toMatchObject({ kind: 'stored', created: true });
    expect((await read())?.record).toMatchObject({ registered: true, lastReceivedAtMs: 5_000 });
    await put();
    expect((await read())?.record.registered).toBe(true);
    expect(asked).toEqual(['checkOnline wx_gewe_contacts', 'setCallback']);
  });

  it.each([
    ['token-rejected', 'token-rejected'],
    ['upstream-error', 'token-unverified'],
  ] as const)(
    'with a token of which GeWe says %s stores nothing and tells no URL: %s',
    async (failure, why) => {
      said = { kind: 'failure', class: failure };
      const compareAndSet = vi.fn<CallbackStore['compareAndSet']>();
      ports = { ...ports, callbacks: { ...ports.callbacks, compareAndSet } };
      expect(await put(registering)).toEqual({ kind: 'rejected', why });
      expect(compareAndSet).not.toHaveBeenCalled();
      expect(asked).toEqual(['checkOnline wx_gewe_contacts']);
    },
  );

  it.each([
    ['token-rejected', 'token-rejected'],
    ['upstream-error', 'callback-not-registered'],
  ] as const)('that GeWe answers with %s leaves nothing behind: %s', async (failure, why) => {
    saidOfUrl = { kind: 'failure', class: failure };
    expect(await put(registering)).toEqual({ kind: 'rejected', why });
    expect(await read()).toBeUndefined();
  });

  it('that GeWe refuses leaves what was put before, and the callbacks that came meanwhile', async () => {
    const id = await idAfter({ ...input, forwardTo: 'https://bot.example.com' });
    saidOfUrl = { kind: 'failure', class: 'upstream-error' };
    meanwhile = () => ports.callbacks.noteReceived(callbackKeyOf(tokenKeyOf(token)), 5_000);
    await put({ ...registering, forwardTo: 'https://other.example.com' });
    const forwardTo = 'https://bot.example.com';
    expect(await read()).toMatchObject({
      id,
      record: { forwardTo, registered: false, lastReceivedAtMs: 5_000 },
    });
  });

  it('that GeWe refuses leaves what somebody else has put since', async () => {
    await put();
    saidOfUrl = { kind: 'failure', class: 'upstream-error' };
    meanwhile = async () => void (await put({ ...input, forwardTo: 'https://since.example.com' }));
    await put({ ...registering, forwardTo: 'https://other.example.com' });
    expect((await read())?.record.forwardTo).toBe('https://since.example.com');
  });

  it('whose caller has gone leaves nothing behind', async () => {
    meanwhile = () => Promise.reject(new Error('the caller has gone'));
    await expect(put(registering)).rejects.toThrow('the caller has gone');
    expect(await read()).toBeUndefined();
  });

  it('does not count for another URL that was put meanwhile', async () => {
    meanwhile = async () => {
      await deleteCallback(callbackOwnerOf(token), ports);
      await ports.tokens.note(tokenKeyOf(token));
      await put();
    };
    await put(registering);
    expect((await read())?.record.registered).toBe(false);
  });

  it('says nothing of a callback that was deleted meanwhile', async () => {
    meanwhile = () => deleteCallback(callbackOwnerOf(token), ports);
    await put(registering);
    expect(await read()).toBeUndefined();
  });
});

it('refuses a target that is not to be forwarded to, before anything is stored or asked', async () => {
  const refused = await put({ ...registering, forwardTo: 'https://private.example.com' });
  expect(refused).toEqual({ kind: 'target-rejected', why: 'refused, not contacts.example.com' });
  expect(await read()).toBeUndefined();
  expect(asked).toEqual([]);
});
