import { setTimeout as sleep } from 'node:timers/promises';
import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { BodyStore } from '../../callbacks/ports.ts';
import { StoreUnavailable } from '../../device/ports.ts';
import { defaultProvider } from '../credentials.ts';
import { type ServiceLocation, sdkOptions } from '../sdk-options.ts';

/** A bucket, and how to ask S3 for its objects. */
export interface Bucket {
  readonly name: string;
  readonly location: ServiceLocation;
  /** Of one attempt of three. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The longest wait before the second attempt; it doubles with each. */
const backOffMs = 100;

/**
 * Sealed bodies as the objects of a bucket, named by their deliveries' ids. The SDK's own client would add half to a bundle
 * (49 of 95 KB, packed) for two plain requests; what signs and sends them here is in the bundle already.
 */
export function createBodyStore(bucket: Bucket): BodyStore {
  const { requestHandler, maxAttempts } = sdkOptions(bucket.location, bucket.timeoutMs);
  const handler = new NodeHttpHandler(requestHandler);
  const { region, credentials = defaultProvider() } = bucket.location;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Hash.bind(null, 'sha256'),
    uriEscapePath: false,
  });

  async function attempt(request: HttpRequest): Promise<Answer> {
    const { response } = await handler.handle(request);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { status: response.statusCode, text: Buffer.concat(chunks).toString('latin1') };
  }

  /** The answer that means success, or `absent` for an object that is not there. Throws `StoreUnavailable`. */
  async function ask(method: 'PUT' | 'GET', key: string, sealed?: string): Promise<Answer | 'absent'> {
    const { protocol, host, hostname, port, pathname } = new URL(`${addressOf(bucket)}${key}`);
    const unsigned = {
      method,
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path: pathname,
      query: {},
      headers: { host },
      ...(sealed !== undefined && { body: Buffer.from(sealed, 'latin1') }),
    };
    let fault: unknown;
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      if (attempts > 0) await sleep(Math.random() * backOffMs * 2 ** (attempts - 1));
      try {
        const answer = await attempt(new HttpRequest(await signer.sign(unsigned)));
        if (answer.status < 300) return answer;
        const code = /<Code>(\w+)<\/Code>/.exec(answer.text)?.[1] ?? `status ${answer.status}`;
        if (answer.status === 404 && code === 'NoSuchKey') return 'absent';
        fault = Object.assign(new Error(`S3 answered ${answer.status}`), { name: code });
        if (answer.status < 500 && code !== 'RequestTimeout') break;
      } catch (error) {
        fault = error;
      }
    }
    const { code, name = 'an unknown error' } = Object(fault);
    throw new StoreUnavailable(`S3 ${operations[method]}: ${code ?? name}`, { cause: fault });
  }

  return {
    async put(deliveryId, sealed) {
      await ask('PUT', deliveryId, sealed);
    },
    async get(deliveryId) {
      const answer = await ask('GET', deliveryId);
      return answer === 'absent' ? undefined : answer.text;
    },
  };
}

const operations = { PUT: 'PutObject', GET: 'GetObject' };

/**
 * Where a bucket's objects are, with a slash at the end: a host of its own on AWS, a path on a server of this machine. Like the
 * SDK's clients, an endpoint that is not given is looked for in the environment.
 */
export function addressOf({ name, location }: Pick<Bucket, 'name' | 'location'>): string {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 = AWS_ENDPOINT_URL } = process.env;
  const { region, endpoint = AWS_ENDPOINT_URL_S3 } = location;
  if (endpoint) return `${endpoint.replace(/\/$/, '')}/${name}/`;
  return `https://${name}.s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}
