import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalSqs, startSqs } from '../../../mocks/local-stack/sqs.ts';
import { localLocation } from '../../../tests/support/local-table.ts';
import type { Script } from '../../../tests/support/scripted-server.ts';
import { useServers } from '../../../tests/support/use-servers.ts';
import { StoreUnavailable } from '../../device/ports.ts';
import { addressOf, createBodyStore } from './body-store.ts';

const servers = useServers();
afterEach(() => void vi.unstubAllEnvs());
const storeAt = (url: string, name = 'bodies') =>
  createBodyStore({ name, location: localLocation(url), timeoutMs: 100 });

/** As a sealed text is: base64url in five pieces. */
const sealedOf = (length: number) =>
  Array.from({ length }, (_, index) => 'abc.d-_XYZ019'[index % 13]).join('');

describe('a bucket', () => {
  let s3: LocalSqs;
  beforeEach(async () => {
    s3 = await startSqs({ queues: [], buckets: ['bodies'] });
  });
  afterEach(() => s3.close());

  it.each([1, 900 * 1024 + 1, 7_100_000])('gives back a text of %i characters', async (length) => {
    const store = createBodyStore({ name: 'bodies', location: localLocation(s3.url) });
    const sealed = sealedOf(length);
    await store.put('delivery', sealed);
    expect((await store.get('delivery')) === sealed).toBe(true);
  });

  it('gives nothing of what is not there', async () => {
    const store = createBodyStore({ name: 'bodies', location: localLocation(s3.url) });
    await store.put('delivery', 'sealed');
    expect(await store.get('another')).toBeUndefined();
  });

  it('that is not there is no body that is gone', async () => {
    const none = createBodyStore({ name: 'none', location: localLocation(s3.url) });
    for (const call of [() => none.put('delivery', 'sealed'), () => none.get('x')]) {
      await expect(call()).rejects.toThrow(/^S3 \w+: NoSuchBucket$/);
      await expect(call()).rejects.toThrow(StoreUnavailable);
    }
  });
});

describe('a request', () => {
  it('names the bucket and the delivery, and is signed with everything that S3 looks at', async () => {
    const { url, received, port } = await servers.scriptedServer();
    await storeAt(url).put('delivery_-9', 'sealed');
    expect(received).toMatchObject([
      {
        method: 'PUT',
        url: '/bodies/delivery_-9',
        body: Buffer.from('sealed'),
        headers: { host: `127.0.0.1:${port}`, 'content-length': '6' },
      },
    ]);
    expect(received[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  it('carries the token of a session that Lambda has', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    const { url: endpoint, received } = await servers.scriptedServer();
    await createBodyStore({ name: 'bodies', location: { region: 'us-east-1', endpoint } }).get('delivery');
    expect(received[0]?.headers).toMatchObject({
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(/SignedHeaders=\S*x-amz-security-token/),
    });
  });

  it.each([
    ['is told to slow down', (response) => response.writeHead(503).end(errorOf('SlowDown'))],
    ['meets a fault of S3', (response) => response.writeHead(500).end(errorOf('InternalError'))],
    ['loses its connection', (_response, _request, { socket }) => socket.destroy()],
    [
      'gets half an answer',
      (response, _request, { socket }) => {
        response.writeHead(200, { 'content-length': 999 }).write('sea');
        setImmediate(() => socket.destroy());
      },
    ],
    ['gets no answer', () => undefined],
  ] satisfies [string, Script][])('that %s is sent again', async (_what, trouble) => {
    let attempts = 0;
    const { url } = await servers.scriptedServer((response, request, incoming) => {
      attempts += 1;
      if (attempts < 3) trouble(response, request, incoming);
      else response.end('sealed');
    });
    expect(await storeAt(url).get('delivery')).toBe('sealed');
    expect(attempts).toBe(3);
  });

  it('is sent three times at most, and then the store is unavailable', async () => {
    const { url, received } = await servers.scriptedServer((response) => response.writeHead(503).end());
    await expect(storeAt(url).put('delivery', 'sealed')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: 'S3 PutObject: status 503',
    });
    expect(received).toHaveLength(3);
  });

  it.each([
    ['AccessDenied', 403],
    ['NoSuchBucket', 404],
    ['ExpiredToken', 400],
  ])('that is refused as %s is not sent again: the reason is told', async (code, status) => {
    const { url, received } = await servers.scriptedServer((response) =>
      response.writeHead(status).end(errorOf(code)),
    );
    await expect(storeAt(url).get('delivery')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: `S3 GetObject: ${code}`,
    });
    expect(received).toHaveLength(1);
  });

  it('to nobody says that the store is unavailable', async () => {
    await expect(storeAt('http://127.0.0.1:9').get('delivery')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: 'S3 GetObject: ECONNREFUSED',
    });
  });
});

describe('the address', () => {
  const at = (region: string, endpoint?: string) =>
    addressOf({ name: 'bodies', location: { region, ...(endpoint !== undefined && { endpoint }) } });

  it('on AWS is a host of the bucket’s own, in China too', () => {
    expect(at('us-east-1')).toBe('https://bodies.s3.us-east-1.amazonaws.com/');
    expect(at('cn-northwest-1')).toBe('https://bodies.s3.cn-northwest-1.amazonaws.com.cn/');
  });

  it('on a server of this machine is a path', () => {
    expect(at('us-east-1', 'http://127.0.0.1:4040')).toBe('http://127.0.0.1:4040/bodies/');
  });

  it('follows the variables that the SDK follows', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    expect(at('us-east-1')).toBe('http://127.0.0.1:1/bodies/');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:2/');
    expect(at('us-east-1')).toBe('http://127.0.0.1:2/bodies/');
  });
});

function errorOf(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`;
}
