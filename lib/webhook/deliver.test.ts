import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Script } from '../../tests/support/scripted-server.ts';
import { useServers } from '../../tests/support/use-servers.ts';
import { createWebhookClient } from './deliver.ts';
import { sampleDelivery as delivery } from './delivery.test-data.ts';

const { scriptedServer, rawServer } = useServers();
const never = new AbortController().signal;
const local = createWebhookClient({ allowLoopback: true });
const ok: Script = (response) => response.end();

describe('a delivery', () => {
  it('is one POST of the bytes that were received, whatever they are', async () => {
    const { port, received } = await scriptedServer(ok);
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
    const { port, received } = await scriptedServer(ok);
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
      const { port, received } = await scriptedServer(ok);
      const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`, { contentType }), never);
      expect(outcome.kind).toBe('delivered');
      expect(received[0]?.headers).not.toHaveProperty('content-type');
      expect(received[0]?.headers).not.toHaveProperty('x-other');
    },
  );

  it('of 4 MiB arrives whole', async () => {
    const { port, received } = await scriptedServer(ok);
    const body = Buffer.alloc(4 * 1024 * 1024, 'äöü');
    await local.deliver(delivery(`http://127.0.0.1:${port}/`, { body }), never);
    expect(received[0]?.body.equals(body)).toBe(true);
  });

  it('goes to any path and query that an URL can have', async () => {
    const { port, received } = await scriptedServer(ok);
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.webPath(), fc.string());
    await fc.assert(
      fc.asyncProperty(text, text, async (path, query) => {
        const target = `http://127.0.0.1:${port}/${path}?${query}`;
        fc.pre(URL.parse(target)?.port === String(port));
        expect((await local.deliver(delivery(target), never)).kind).toBe('delivered');
        const { pathname, search } = new URL(target);
        expect(received.at(-1)?.url).toBe(`${pathname}${search}`);
      }),
    );
  });

  it('has a connection of its own', async () => {
    const { port, connections } = await scriptedServer(ok);
    for (let count = 0; count < 3; count += 1)
      await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(connections()).toBe(3);
  });
});

describe('the answer', () => {
  it.each([200, 201, 202, 204, 299])('%s is a delivery', async (status) => {
    const { port } = await scriptedServer((response) => response.writeHead(status).end());
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'delivered', status });
  });

  it.each([300, 304, 400, 401, 404, 410, 429, 500, 503, 599])('%s is a failure', async (status) => {
    const { port } = await scriptedServer((response) => response.writeHead(status).end('sorry'));
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', status });
  });

  it.each([301, 302, 303, 307, 308])('%s is not followed', async (status) => {
    const elsewhere = await scriptedServer(ok);
    const location = `http://127.0.0.1:${elsewhere.port}/`;
    const { port } = await scriptedServer((response) => response.writeHead(status, { location }).end());
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', status });
    expect(elsewhere.connections()).toBe(0);
  });

  it('is not read to its end when it has none', async () => {
    const { port } = await scriptedServer((response) => {
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
    const { port } = await scriptedServer((response) => {
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

  it.each([
    ['0', 0],
    ['120', 120_000],
    ['999999999', 3_600_000],
    ['1.5', undefined],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])(
    'that says when to come back (Retry-After: %s) is listened to for an hour at most',
    async (after, ms) => {
      const { port } = await scriptedServer((response) =>
        response.writeHead(429, { 'retry-after': after }).end(),
      );
      const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/`), never);
      expect(outcome).toEqual({ kind: 'failed', status: 429, ...(ms !== undefined && { retryAfterMs: ms }) });
    },
  );

  it('leaves nothing of itself but its status', async () => {
    const { port } = await scriptedServer((response) =>
      response.writeHead(500, 'canary', { 'x-canary': 'canary' }).end('canary'),
    );
    const outcome = await local.deliver(delivery(`http://127.0.0.1:${port}/canary`), never);
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });
});
