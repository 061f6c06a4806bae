import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Script, startScriptedServer } from '../../tests/support/scripted-server.ts';
import { useServers } from '../../tests/support/use-servers.ts';
import { createWebhookClient } from './deliver.ts';
import { sampleDelivery as delivery } from './delivery.test-data.ts';

const { scriptedServer, rawServer } = useServers();
const never = new AbortController().signal;
const local = createWebhookClient({ allowLoopback: true });
const ok: Script = (response) => response.end();

describe('no answer', () => {
  const lost = { kind: 'failed', lost: 'connection' };

  it('is lost where nobody listens', async () => {
    const { port, close } = await startScriptedServer(ok);
    await close();
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
    const { port } = await scriptedServer(ok);
    expect(await local.deliver(delivery(`https://127.0.0.1:${port}/`), never)).toEqual(lost);
  });

  it('is lost when the name does not resolve', async () => {
    const resolve = async () => {
      throw new Error('ENOTFOUND');
    };
    const webhook = createWebhookClient({ allowLoopback: true, resolve });
    expect(await webhook.deliver(delivery('http://bot.example.com/'), never)).toEqual(lost);
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
    const webhook = createWebhookClient({ allowLoopback: true, timeoutMs: 100 });
    const outcome = await webhook.deliver(delivery(`http://127.0.0.1:${port}/`), never);
    expect(outcome).toEqual({ kind: 'failed', lost: 'timeout' });
  });

  it('is a timeout when the worker has no more time', async () => {
    const port = await rawServer(() => undefined);
    const webhook = createWebhookClient({ allowLoopback: true });
    const outcome = await webhook.deliver(delivery(`http://127.0.0.1:${port}/`), AbortSignal.timeout(50));
    expect(outcome).toEqual({ kind: 'failed', lost: 'timeout' });
  });
});
