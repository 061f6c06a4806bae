import { describe, expect, it } from 'vitest';
import { createTargetCheck } from './target.ts';

const resolves =
  (...addresses: string[]) =>
  async () =>
    addresses;
const unresolved = async () => {
  throw new Error('ENOTFOUND');
};

const strict = createTargetCheck({ allowLoopback: false, resolve: resolves('203.0.114.7') });
const local = createTargetCheck({ allowLoopback: true, resolve: resolves('203.0.114.7') });
const resolvingTo = (addresses: string[], allowLoopback = false) =>
  createTargetCheck({ allowLoopback, resolve: resolves(...addresses) });

const notPublic = { ok: false, why: 'must have a host of which every address is public' };
const own = { ok: false, why: 'must not be this service itself' };

describe('an IPv6 address that is not public', () => {
  it.each([
    '::',
    '::1',
    '100::1',
    '2001:2::1',
    '2001:db8::1',
    '2001:10::1',
    '2001:20::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ])('%s is refused, in a URL and as what a name resolves to', async (address) => {
    expect(await strict.check(`http://[${address}]/`, [])).toEqual(notPublic);
    expect(await resolvingTo([address]).check('http://bot.example.com/', [])).toEqual(notPublic);
  });

  it('with a zone is refused as what a name resolves to', async () => {
    expect(await resolvingTo(['fe80::1%eth0']).check('http://bot.example.com/', [])).toEqual(notPublic);
  });
});

describe('forwardTo', () => {
  it.each([
    'http://127.0.0.1:9001/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:10.0.0.1]/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://0/',
    'http://017700000001/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
  ])('%s is refused', async (url) => {
    expect(await strict.check(url, [])).toEqual(notPublic);
  });

  it.each(['localhost', 'localhost.', 'LOCALHOST', 'api.localhost'])(
    '%s is refused by what it resolves to on this machine',
    async (host) => {
      const check = createTargetCheck({ allowLoopback: false });
      expect(await check.check(`http://${host}:9001/`, [])).toMatchObject({ ok: false });
    },
  );

  it.each([
    '',
    'bot',
    '//bot.example.com',
    'ftp://bot.example.com',
    'file:///etc/passwd',
    'javascript:1',
    'http://',
  ])('%j is refused as no http or https URL', async (url) => {
    expect(await strict.check(url, [])).toEqual({ ok: false, why: 'must be an http or https URL' });
  });

  it.each(['http://user@bot.example.com/', 'http://:secret@bot.example.com/', 'https://8.8.8.8@127.0.0.1/'])(
    '%s is refused for its credentials, which the reason does not repeat',
    async (url) => {
      const why = 'must not hold a user name or a password';
      expect(await strict.check(url, [])).toEqual({ ok: false, why });
    },
  );

  it.each([
    'http://bot.example.com',
    'HTTPS://Bot.Example.com.:8443/wechat?key=1#part',
    'http://例子.测试/回调',
  ])('%s is taken', async (url) => {
    expect(await strict.check(url, [])).toEqual({ ok: true });
  });

  it('is refused when its name does not resolve, or to nothing', async () => {
    const why = 'has a host name that does not resolve';
    for (const resolve of [unresolved, resolves()]) {
      const check = createTargetCheck({ allowLoopback: false, resolve });
      expect(await check.check('http://bot.example.com/', [])).toEqual({ ok: false, why });
    }
  });

  it('is refused when the name resolves to something that is no address', async () => {
    expect(await resolvingTo(['bot']).check('http://bot.example.com/', [])).toEqual(notPublic);
  });

  it('says nothing of the addresses that were found', async () => {
    const verdict = await resolvingTo(['10.1.2.3']).check('http://internal.example.com/', []);
    expect(JSON.stringify(verdict)).not.toContain('10.1.2.3');
  });
});

describe('where loopback is allowed', () => {
  it.each(['127.0.0.1:9001', '127.8.9.10', '[::1]:9001', '0x7f.1'])('%s is taken', async (host) => {
    expect(await local.check(`http://${host}/`, [])).toEqual({ ok: true });
  });

  it('a name that resolves to nothing else is taken', async () => {
    const check = resolvingTo(['127.0.0.1', '::1'], true);
    expect(await check.check('http://localhost:9001/', [])).toEqual({ ok: true });
  });

  it.each(['10.0.0.1', '169.254.169.254', '0.0.0.0', '[::]', '[::ffff:127.0.0.1]', '[fe80::1]', '[fd00::1]'])(
    '%s is refused all the same',
    async (host) => {
      expect(await local.check(`http://${host}/`, [])).toEqual(notPublic);
    },
  );
});

describe('this service itself', () => {
  it.each([
    ['https://contacts.example.com/v1/callbacks/x', 'contacts.example.com'],
    ['https://CONTACTS.example.com./x', 'contacts.example.com'],
    ['http://contacts.example.com:8080/', 'contacts.example.com'],
    ['https://contacts.example.com/', 'Contacts.Example.com.'],
    ['https://contacts.example.com:8443/', 'contacts.example.com:8443'],
    ['https://contacts.example.com/', 'contacts.example.com:443'],
    ['http://8.8.8.8/', '8.8.8.8'],
    ['http://0x08.8.8.8/', '8.8.8.8'],
    ['http://[2606:4700:0::1111]/', '[2606:4700::1111]'],
  ])('%s is refused where %s is its own host', async (url, ownHost) => {
    expect(await strict.check(url, ['abc.execute-api.us-east-1.amazonaws.com', ownHost])).toEqual(own);
  });

  it('is refused by its name even while that does not resolve', async () => {
    const check = createTargetCheck({ allowLoopback: false, resolve: unresolved });
    expect(await check.check('https://contacts.example.com/', ['contacts.example.com'])).toEqual(own);
  });

  it.each(['127.0.0.1:3000', 'localhost:3000', '[::1]:3000', '127.0.0.2:3000', '2130706433:3000'])(
    'at loopback is refused as %s, whatever name it goes by',
    async (host) => {
      const check = resolvingTo(['127.0.0.1'], true);
      for (const ownHost of ['127.0.0.1:3000', 'localhost:3000']) {
        expect(await check.check(`http://${host}/`, [ownHost])).toEqual(own);
      }
    },
  );

  it('is not the neighbour: another port where a port is said, another name', async () => {
    expect(await local.check('http://127.0.0.1:9001/', ['127.0.0.1:3000'])).toEqual({ ok: true });
    expect(await strict.check('https://bot.example.com/', ['example.com', ''])).toEqual({ ok: true });
    expect(await strict.check('https://bot.example.com/', ['bot.example.com:8443'])).toEqual({ ok: true });
  });
});
