import type { ServerOptions } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strangersIdentity, trustedIdentity } from '../../tests/support/certificates.ts';
import type { Script } from '../../tests/support/scripted-server.ts';
import { useServers } from '../../tests/support/use-servers.ts';
import { createWebhookClient } from './deliver.ts';
import { sampleDelivery as delivery } from './delivery.test-data.ts';
import type { Resolve } from './target.ts';

const { scriptedServer } = useServers();
const never = new AbortController().signal;
const local = createWebhookClient({ allowLoopback: true });
const resolvingTo = (resolve: Resolve) => createWebhookClient({ allowLoopback: true, resolve });
const ok: Script = (response) => response.end();

describe('the address that is connected to', () => {
  const refused = { kind: 'blocked', why: 'must have a host of which every address is public' };

  it('is one that was checked: the name is resolved once', async () => {
    const { port, received } = await scriptedServer(ok);
    let asked = 0;
    const webhook = resolvingTo(async () => [asked++ === 0 ? '127.0.0.1' : '169.254.169.254']);
    const outcome = await webhook.deliver(delivery(`http://bot.example.com:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
    expect(received[0]?.headers.host).toBe(`bot.example.com:${port}`);
    expect(asked).toBe(1);
  });

  it('is refused when the name has moved to one that is not public since it was set', async () => {
    const { port, connections } = await scriptedServer(ok);
    const webhook = createWebhookClient({ allowLoopback: false, resolve: async () => ['127.0.0.1'] });
    expect(await webhook.deliver(delivery(`http://bot.example.com:${port}/`), never)).toEqual(refused);
    expect(connections()).toBe(0);
  });

  it.each(['127.0.0.1', '0x7f.1', 'localhost', '127.0.0.1.'])(
    'is refused as %s, where a server listens',
    async (host) => {
      const { port, connections } = await scriptedServer(ok);
      const webhook = createWebhookClient({ allowLoopback: false });
      expect(await webhook.deliver(delivery(`http://${host}:${port}/`), never)).toEqual(refused);
      expect(connections()).toBe(0);
    },
  );

  it('is not of this service itself', async () => {
    const { port, connections } = await scriptedServer(ok);
    const own = delivery(`http://localhost:${port}/`, { ownHosts: [`127.0.0.1:${port}`] });
    expect(await local.deliver(own, never)).toEqual({
      kind: 'blocked',
      why: 'must not be this service itself',
    });
    expect(connections()).toBe(0);
  });

  it('is the next one of the name where the first does not listen', async () => {
    const { port } = await scriptedServer(ok);
    const webhook = resolvingTo(async () => ['127.0.0.9', '127.0.0.1']);
    const outcome = await webhook.deliver(delivery(`http://bot.example.com:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
  });
});

describe('over TLS', () => {
  const before = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...before, trustedIdentity.cert]));
  afterAll(() => setDefaultCACertificates(before));
  const webhook = resolvingTo(async () => ['127.0.0.1']);

  it.each(['bot.example.com', 'BOT.example.com.'])(
    'a delivery to %s names the host and trusts its certificate',
    async (host) => {
      const names: string[] = [];
      const SNICallback: ServerOptions['SNICallback'] = (name, done) => {
        names.push(name);
        done(null);
      };
      const { port, received } = await scriptedServer(ok, { ...trustedIdentity, SNICallback });
      const outcome = await webhook.deliver(delivery(`https://${host}:${port}/`), never);
      expect(outcome).toEqual({ kind: 'delivered', status: 200 });
      expect(received[0]?.headers.host).toBe(`bot.example.com:${port}`);
      expect(names).toEqual(['bot.example.com']);
    },
  );

  it.each([
    ['is for another name', trustedIdentity, 'other.example.com'],
    ['nobody vouches for', strangersIdentity, 'bot.example.com'],
  ])('nothing is delivered to a target with a certificate that %s', async (_which, tls, host) => {
    const { port, received } = await scriptedServer(ok, tls);
    const outcome = await webhook.deliver(delivery(`https://${host}:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', lost: 'connection' });
    expect(received).toEqual([]);
  });
});
