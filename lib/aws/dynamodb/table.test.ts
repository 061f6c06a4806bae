import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { localLocation } from '../../../tests/support/local-table.ts';
import { createRecordStore } from './record-store.ts';
import { createDynamoDbClient } from './table.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Takes connections and says `greeting`, then nothing. */
async function startHanging(
  greeting: string,
): Promise<{ readonly url: string; readonly requests: number[] }> {
  const requests: number[] = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests.push(Date.now());
      if (greeting !== '') socket.write(greeting);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

describe('a client', () => {
  it.each([
    ['never answers', ''],
    [
      'stops in the middle of its answer',
      'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 999\r\n\r\n{"It',
    ],
  ])('gives up on an endpoint that %s', async (_how, greeting) => {
    const { url, requests } = await startHanging(greeting);
    const client = createDynamoDbClient(localLocation(url), 100);
    const store = createRecordStore({ client, name: 'any' }, () => 'nonce');
    const beganMs = performance.now();
    await expect(store.load('device')).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(performance.now() - beganMs).toBeLessThan(3_000);
    expect(requests.length).toBeGreaterThanOrEqual(1);
    expect(requests.length).toBeLessThanOrEqual(3);
    client.destroy();
  });

  it('says StoreUnavailable of an endpoint that is not there', async () => {
    const client = createDynamoDbClient(localLocation('http://127.0.0.1:9'), 100);
    const store = createRecordStore({ client, name: 'any' }, () => 'nonce');
    await expect(store.load('device')).rejects.toMatchObject({ name: 'StoreUnavailable' });
    client.destroy();
  });

  it('tries three times at most, and is told what it would look up', async () => {
    const { config } = createDynamoDbClient({ region: 'eu-west-1' });
    expect(await config.maxAttempts()).toBe(3);
    expect(await config.region()).toBe('eu-west-1');
    expect(await config.useDualstackEndpoint()).toBe(false);
    expect(await config.useFipsEndpoint()).toBe(false);
  });
});
