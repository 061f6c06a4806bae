import { describe, expect, it } from 'vitest';
import type { Redirected } from '../callbacks/redirect.ts';
import type { Clock } from '../device/ports.ts';
import { callReader } from '../gewe/changing-calls.ts';
import type { NotPassed, PassEffects, PassedAnswer, PassedCall } from './call.ts';
import { passThrough, passTimeoutMs } from './pass-through.ts';

const signal = new AbortController().signal;
const host = { urlBase: 'https://api.example/v1/callbacks/', ownHosts: ['api.example'] };
const success: PassedAnswer = {
  kind: 'answer',
  httpStatus: 200,
  body: Buffer.from('{"ret":200,"msg":"操作成功"}'),
};

function callOf(name: string, body: object | string = { appId: 'wx_demo' }): PassedCall {
  const [group = '', operation = ''] = name.split('/');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { group, operation, token: 'token', body: Buffer.from(text), contentType: 'application/json' };
}

/** Notes what is asked of it, in order. */
function world(answer: PassedAnswer | NotPassed = success, more: Partial<PassEffects> = {}) {
  const done: string[] = [];
  let slept = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => 1_000,
    sleep(ms, by) {
      done.push(`wait ${ms}`);
      slept = Promise.withResolvers();
      by?.addEventListener('abort', () => slept.resolve());
      return slept.promise;
    },
  };
  const effects: PassEffects = {
    redirect: async () => ({ kind: 'no-callback' }),
    noteRegistered: async (_token, url) => void done.push(`registered ${url}`),
    requestRerun: async ({ appId }) => void done.push(`refresh ${appId}`),
    ...more,
  };
  const ports = {
    upstream: {
      async pass(_call: PassedCall, untilMs: number) {
        done.push(`pass until ${untilMs}`);
        return answer;
      },
    },
    reader: callReader,
    async effects() {
      done.push('load');
      return effects;
    },
    clock,
    onNotPassed: (_call: PassedCall, { why }: NotPassed) => void done.push(why),
    onLostEffect: (error: unknown) => void done.push(`lost ${String(error)}`),
  };
  return {
    done,
    wake: () => slept.resolve(),
    pass: (call: PassedCall) => passThrough(call, () => host, ports, signal),
  };
}

const until = `pass until ${1_000 + passTimeoutMs}`;

describe('a call that changes nothing here', () => {
  it.each(['message/postText', 'contacts/getBriefInfo', 'login/checkOnline', 'contacts/DeleteFriend'])(
    '%s is passed, and nothing is loaded for it',
    async (name) => {
      const { done, pass } = world();
      expect(await pass(callOf(name))).toBe(success);
      expect(done).toEqual([until]);
    },
  );

  it('is told of when it could not be passed, and asks for nothing', async () => {
    const { done, pass } = world({ kind: 'failure', why: 'upstream-cut-off' });
    expect(await pass(callOf('contacts/deleteFriend'))).toMatchObject({ kind: 'failure' });
    expect(done).toEqual([until, 'load', 'upstream-cut-off']);
  });
});

describe('a call that changes contacts', () => {
  it.each(['contacts/deleteFriend', 'contacts/addContacts', 'group/saveContractList', 'group/quitChatroom'])(
    '%s asks for one refresh of its device when it succeeded',
    async (name) => {
      const { done, pass } = world();
      expect(await pass(callOf(name))).toBe(success);
      expect(done).toEqual([until, 'load', 'wait 300', 'refresh wx_demo']);
    },
  );

  it.each([
    ['GeWe says no', { ...success, body: Buffer.from('{"ret":500,"msg":"微信已离线"}') }],
    ['GeWe says nothing', { ...success, body: Buffer.alloc(0) }],
    ['a gateway says it', { ...success, httpStatus: 502 }],
  ])('asks for none when %s', async (_why, answer) => {
    const { done, pass } = world(answer);
    await pass(callOf('contacts/deleteFriend'));
    expect(done).toEqual([until, 'load']);
  });

  it.each([
    ['no device is named', {}],
    ['the device is no text', { appId: 5 }],
    ['the device has a strange name', { appId: '../x' }],
    ['the body is no JSON', '{"appId":'],
    ['the body is no object', '[]'],
  ])('asks for none, and nothing is loaded, when %s', async (_why, body) => {
    const { done, pass } = world();
    await pass(callOf('contacts/deleteFriend', body));
    expect(done).toEqual([until]);
  });

  it('is answered after 300 ms, whatever becomes of the refresh', async () => {
    const { done, pass, wake } = world(success, { requestRerun: () => new Promise(() => undefined) });
    const passed = pass(callOf('contacts/deleteFriend'));
    while (!done.includes('wait 300')) await Promise.resolve();
    wake();
    expect(await passed).toBe(success);
  });

  it('is answered as GeWe did when no refresh can be asked for', async () => {
    const { done, pass } = world(success, { requestRerun: () => Promise.reject(new Error('no store')) });
    expect(await pass(callOf('contacts/deleteFriend'))).toBe(success);
    expect(done).toContain('lost Error: no store');
  });
});

describe.each(['login/setCallback', 'tools/setCallback'])('%s', (name) => {
  const body = { token: 'token', callbackUrl: 'https://bot.example/x' };
  const redirecting = (redirected: Redirected) => world(success, { redirect: async () => redirected });

  it('goes no further when the token has a callback here', async () => {
    const { done, pass } = redirecting({ kind: 'kept' });
    expect(await pass(callOf(name, body))).toEqual({ kind: 'redirected' });
    expect(done).toEqual(['load']);
  });

  it('is passed as it came when it has none', async () => {
    const { done, pass } = redirecting({ kind: 'no-callback' });
    expect(await pass(callOf(name, body))).toBe(success);
    expect(done).toEqual(['load', until]);
  });

  it("is passed when it is the service's own URL, which is registered when GeWe takes it", async () => {
    const ownUrl = { kind: 'own-url', url: 'https://api.example/v1/callbacks/x' } as const;
    const taken = redirecting(ownUrl);
    expect(await taken.pass(callOf(name, body))).toBe(success);
    expect(taken.done).toEqual(['load', until, 'load', 'wait 300', `registered ${ownUrl.url}`]);
    const refusal = { ...success, body: Buffer.from('{"ret":500,"msg":"设置回调地址失败"}') };
    const refused = world(refusal, { redirect: async () => ownUrl });
    expect(await refused.pass(callOf(name, body))).toBe(refusal);
    expect(refused.done).toEqual(['load', until]);
  });

  it('is answered as GeWe did when it cannot be noted that it is registered', async () => {
    const { done, pass } = world(success, {
      redirect: async () => ({ kind: 'own-url', url: 'x' }),
      noteRegistered: () => Promise.reject(new Error('no store')),
    });
    expect(await pass(callOf(name, body))).toBe(success);
    expect(done).toContain('lost Error: no store');
  });

  it('is refused when the URL cannot be forwarded to', async () => {
    const { pass } = redirecting({ kind: 'invalid', pointer: '/callbackUrl', why: 'must be public' });
    expect(await pass(callOf(name, body))).toMatchObject({ kind: 'invalid', why: 'must be public' });
  });

  it("is judged by whether its token or the header's has a callback, also when they differ", async () => {
    const differs = callOf(name, { ...body, token: 'another' });
    const mine = redirecting({ kind: 'invalid', pointer: '/token', why: 'must be the same' });
    expect(await mine.pass(differs)).toMatchObject({ kind: 'invalid', pointer: '/token' });
    expect(mine.done).toEqual(['load']);
    const nobodys = redirecting({ kind: 'no-callback' });
    expect(await nobodys.pass(differs)).toBe(success);
    expect(nobodys.done).toEqual(['load', until]);
  });

  it('is not passed when it is not known whether the token has one', async () => {
    const { done, pass } = world(success, { redirect: () => Promise.reject(new Error('no store')) });
    await expect(pass(callOf(name, body))).rejects.toThrow('no store');
    expect(done).toEqual(['load']);
  });
});
