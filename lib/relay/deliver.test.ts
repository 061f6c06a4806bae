import { once } from 'node:events';
import type { ServerOptions } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../domain/relay-ports.ts';
import { createCourier } from './deliver.ts';
import { type Script, type ScriptedBot, startScriptedBot } from './scripted-bot.ts';
import { selfSigned } from './self-signed.ts';
import type { Resolve } from './target.ts';

const never = new AbortController().signal;
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function bot(script: Script, tls?: ServerOptions): Promise<ScriptedBot> {
  const started = await startScriptedBot(script, { tls });
  open.push(started.close);
  return started;
}

/** A server that says what it likes on a connection. */
async function rawServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

const delivery = (target: string, changes: Partial<Delivery> = {}): Delivery => ({
  target,
  ownHosts: [],
  headerId: 'ID_of-delivery-000001',
  receivedAtMs: Date.UTC(2025, 0, 2, 3, 4, 5, 6),
  contentType: 'application/json; charset=utf-8',
  body: Buffer.from('{"TypeName":"AddMsg"}'),
  ...changes,
});

const local = createCourier({ allowLoopback: true });
const resolvingTo = (resolve: Resolve, timeoutMs?: number) =>
  createCourier({ allowLoopback: true, resolve, ...(timeoutMs && { timeoutMs }) });
const ok: Script = (response) => response.end();

describe('a delivery', () => {
  it('is one POST of the bytes that were received, whatever they are', async () => {
    const { port, received } = await bot(ok);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (body) => {
        const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`, { body }), never);
        expect(outcome).toEqual({ kind: 'delivered', status: 200 });
        expect(received.at(-1)?.method).toBe('POST');
        expect(received.at(-1)?.body.equals(body)).toBe(true);
      }),
      { numRuns: 50, examples: [[new Uint8Array()], [Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28)]] },
    );
  });

  it('has the content type that was received, and tells its id, its time and its way', async () => {
    const { port, received } = await bot(ok);
    await local.deliver(delivery(`http://127.0.0.1:${port}/wechat/hook?key=%E4%BD%A0&a=b#part`), never);
    expect(received).toHaveLength(1);
    expect(received[0]?.url).toBe('/wechat/hook?key=%E4%BD%A0&a=b');
    expect(received[0]?.headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: 'close',
      'content-length': '21',
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'gewe-contacts',
      via: '1.1 gewe-contacts',
      'x-gewe-contacts-delivery': 'ID_of-delivery-000001',
      'x-gewe-contacts-received-at': '2025-01-02T03:04:05.006Z',
    });
  });

  it.each(['', 'text/plain\r\nX-Other: 1', 'text/\u4f60'])(
    'goes without a content type where %j was received, which no header can carry',
    async (contentType) => {
      const { port, received } = await bot(ok);
      const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`, { contentType }), never);
      expect(outcome.kind).toBe('delivered');
      expect(received[0]?.headers).not.toHaveProperty('content-type');
      expect(received[0]?.headers).not.toHaveProperty('x-other');
    },
  );

  it('of 4 MiB arrives whole', async () => {
    const { port, received } = await bot(ok);
    const body = Buffer.alloc(4 * 1024 * 1024, 'äöü');
    await local.deliver(delivery(`http://127.0.0.1:${port}/`, { body }), never);
    expect(received[0]?.body.equals(body)).toBe(true);
  });

  it('has a connection of its own', async () => {
    const { port, connections } = await bot(ok);
    for (let count = 0; count < 3; count += 1)
      await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(connections()).toBe(3);
  });
});

describe('the answer', () => {
  it.each([200, 201, 202, 204, 299])('%s is a delivery', async (status) => {
    const { port } = await bot((response) => response.writeHead(status).end());
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status });
  });

  it.each([300, 304, 400, 401, 404, 410, 429, 500, 503, 599])('%s is a failure', async (status) => {
    const { port } = await bot((response) => response.writeHead(status).end('sorry'));
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', status });
  });

  it.each([301, 302, 303, 307, 308])('%s is not followed', async (status) => {
    const elsewhere = await bot(ok);
    const location = `http://127.0.0.1:${elsewhere.port}/`;
    const { port } = await bot((response) => response.writeHead(status, { location }).end());
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', status });
    expect(elsewhere.connections()).toBe(0);
  });

  it('is not read to its end when it has none', async () => {
    const { port } = await bot((response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      response.on('error', () => undefined);
      more();
    });
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
  });

  it('counts when its body stops in the middle', async () => {
    const { port } = await bot((response) => {
      response.writeHead(200, { 'content-length': 10 }).write('x');
    });
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
  });

  it('counts when it comes before the body was read', async () => {
    const port = await rawServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const body = Buffer.alloc(8 * 1024 * 1024);
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`, { body }), never);
    expect(outcome).toEqual({ kind: 'failed', status: 503 });
  }, 10_000);

  it('leaves nothing of itself but its status', async () => {
    const { port } = await bot((response) =>
      response.writeHead(500, 'canary', { 'x-canary': 'canary' }).end('canary'),
    );
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/canary`), never);
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });
});

describe('no answer', () => {
  const lost = { kind: 'failed', lost: 'connection' };

  it('is lost where nobody listens', async () => {
    const { port, close } = await bot(ok);
    await close();
    open.length = 0;
    expect(await local.deliver(delivery(`http://127.0.0.1:${port}/`), never)).toEqual(lost);
  });

  it.each([
    ['closes at once', ''],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['stops in the middle of the head', 'HTTP/1.1 200 OK\r\nConte'],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['sends a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`],
  ])('is lost when the target %s', async (_how, said) => {
    const port = await rawServer((socket) => {
      socket.once('data', () => socket.end(said));
    });
    expect(await local.deliver(delivery(`http://127.0.0.1:${port}/`), never)).toEqual(lost);
  });

  it('is lost where http is spoken and not https', async () => {
    const { port } = await bot(ok);
    expect(await local.deliver(delivery(`https://127.0.0.1:${port}/`), never)).toEqual(lost);
  });

  it('is lost when the name does not resolve', async () => {
    const courier = resolvingTo(async () => {
      throw new Error('ENOTFOUND canary');
    });
    expect(await courier.deliver(delivery('http://bot.example.com/'), never)).toEqual(lost);
  });

  it.each([
    ['never answers', () => undefined],
    [
      'says "go on" without end',
      (socket: Socket) => {
        const more = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
        socket.on('close', () => clearInterval(more));
      },
    ],
  ])('in time is a timeout when the target %s', async (_how, talk) => {
    const port = await rawServer((socket) => {
      socket.once('data', () => talk(socket));
    });
    const courier = createCourier({ allowLoopback: true, timeoutMs: 100 });
    const outcome = await courier.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', lost: 'timeout' });
  });

  it('is a timeout when the worker has no more time', async () => {
    const port = await rawServer(() => undefined);
    const courier = createCourier({ allowLoopback: true });
    const outcome = await courier.deliver(delivery(`http://127.0.0.1:${port}/`), AbortSignal.timeout(50));
    expect(outcome).toEqual({ kind: 'failed', lost: 'timeout' });
  });
});

describe('the address that is connected to', () => {
  const refused = { kind: 'refused', why: 'must have a host of which every address is public' };

  it('is one that was checked: the name is resolved once', async () => {
    const { port, received } = await bot(ok);
    let asked = 0;
    const courier = resolvingTo(async () => [asked++ === 0 ? '127.0.0.1' : '169.254.169.254']);
    const outcome = await courier.deliver(delivery(`http://bot.example.com:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
    expect(received[0]?.headers.host).toBe(`bot.example.com:${port}`);
    expect(asked).toBe(1);
  });

  it('is refused when the name has moved to one that is not public since it was set', async () => {
    const { port, connections } = await bot(ok);
    const courier = createCourier({ allowLoopback: false, resolve: async () => ['127.0.0.1'] });
    expect(await courier.deliver(delivery(`http://bot.example.com:${port}/`), never)).toEqual(refused);
    expect(connections()).toBe(0);
  });

  it.each(['127.0.0.1', '0x7f.1', 'localhost', '127.0.0.1.'])(
    'is refused as %s, where a server listens',
    async (host) => {
      const { port, connections } = await bot(ok);
      const courier = createCourier({ allowLoopback: false });
      expect(await courier.deliver(delivery(`http://${host}:${port}/`), never)).toEqual(refused);
      expect(connections()).toBe(0);
    },
  );

  it('is not of this service itself', async () => {
    const { port, connections } = await bot(ok);
    const own = delivery(`http://localhost:${port}/`, { ownHosts: [`127.0.0.1:${port}`] });
    expect(await local.deliver(own, never)).toEqual({
      kind: 'refused',
      why: 'must not be this service itself',
    });
    expect(connections()).toBe(0);
  });

  it('is the next one of the name where the first does not listen', async () => {
    const { port } = await bot(ok);
    const courier = resolvingTo(async () => ['127.0.0.9', '127.0.0.1']);
    const outcome = await courier.deliver(delivery(`http://bot.example.com:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
  });
});

describe('over TLS', () => {
  const trusted = selfSigned('bot.example.com');
  const before = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...before, trusted.cert]));
  afterAll(() => setDefaultCACertificates(before));
  const courier = resolvingTo(async () => ['127.0.0.1']);

  it.each(['bot.example.com', 'BOT.example.com.'])(
    'a delivery to %s names the host and trusts its certificate',
    async (host) => {
      const names: string[] = [];
      const SNICallback: ServerOptions['SNICallback'] = (name, done) => {
        names.push(name);
        done(null);
      };
      const { port, received } = await bot(ok, { ...trusted, SNICallback });
      const outcome = await courier.deliver(delivery(`https://${host}:${port}/`), never);
      expect(outcome).toEqual({ kind: 'delivered', status: 200 });
      expect(received[0]?.headers.host).toBe(`bot.example.com:${port}`);
      expect(names).toEqual(['bot.example.com']);
    },
  );

  it.each([
    ['is for another name', trusted, 'other.example.com'],
    ['nobody vouches for', selfSigned('bot.example.com'), 'bot.example.com'],
  ])('nothing is delivered to a target with a certificate that %s', async (_which, tls, host) => {
    const { port, received } = await bot(ok, tls);
    const outcome = await courier.deliver(delivery(`https://${host}:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', lost: 'connection' });
    expect(received).toEqual([]);
  });
});
