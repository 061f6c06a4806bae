import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { routes } from '../../lib/http/routes.ts';
import { listenOnLoopback } from '../../mocks/loopback.ts';

/** A function behind the gateway. */
export type HttpFunction = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An HTTP API on 127.0.0.1: each request becomes an event of payload 2.0 for the function of its route. It adds
 * nothing and takes nothing away, so that what a test sees is what the function said.
 */
export async function startGateway(functionOf: (routeKey: string) => HttpFunction): Promise<Gateway> {
  const server = createServer((request, response) => {
    void answer(request, functionOf).then(
      ({ statusCode = 200, headers = {}, body = '', isBase64Encoded }) => {
        const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
        response.writeHead(
          statusCode,
          Object.entries(headers).flatMap(([name, value]) => [name, String(value)]),
        );
        response.end(bytes);
      },
    );
  });
  return listenOnLoopback(server);
}

async function answer(
  request: IncomingMessage,
  functionOf: (routeKey: string) => HttpFunction,
): Promise<APIGatewayProxyStructuredResultV2> {
  const url = new URL(request.url ?? '/', 'http://gateway');
  const method = request.method ?? 'GET';
  const { routeKey, pathParameters } = routeOf(method, url.pathname);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const isBase64Encoded = !isText(request.headers['content-type']);
  const body = Buffer.concat(chunks).toString(isBase64Encoded ? 'base64' : 'utf8');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const query = Object.fromEntries(url.searchParams);
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(pathParameters && { pathParameters }),
    ...(body && { body }),
    isBase64Encoded: isBase64Encoded && body !== '',
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: 'gateway',
      domainPrefix: '',
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '',
      timeEpoch: Date.now(),
    },
  };
  return functionOf(routeKey)(event, contextOf(29_000));
}

/** What an HTTP API passes on as text; all else comes in Base64. Without a type, it takes a body for text. */
function isText(contentType: string | undefined): boolean {
  return (
    contentType === undefined ||
    /^(?:text\/|application\/(?:json|javascript|xml)\b)|\+(?:json|xml)\b/i.test(contentType)
  );
}

function routeOf(method: string, path: string) {
  for (const route of routes) {
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const found = new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path);
    if (!found || !route.methods.includes(method)) continue;
    const values = names.map((name, index) => [name, decoded(found[index + 1] ?? '')] as const);
    return { routeKey: `${method} ${route.path}`, pathParameters: Object.fromEntries(values) };
  }
  return { routeKey: '$default' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What Lambda tells a function of its run. `timeoutMs`: the time it has. */
export function contextOf(timeoutMs: number): Context {
  const endsAtMs = Date.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: '',
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
