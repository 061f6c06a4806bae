import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Listening, listenOnLoopback } from '../loopback.ts';
import { type Invoke, jsonBytes, maxPayloadBytes } from './functions.ts';
import type { FunctionConfig } from './serverless-config.ts';

// API Gateway's HTTP API in front of Lambda, payload 2.0, as AWS documents it and as recorded events show it. It is the door
// of `npm start` and of the tests in tests/service.
//
// - The route is chosen by the path as it was sent; exact paths win over templated ones; what no route takes, be it for its
//   method, goes to $default. Only then `rawPath` and the path parameters are decoded. Dot segments are not resolved.
// - Header names are in lower case. Repeated headers and query parameters are joined with commas; cookies are a list.
// - Bodies of text types are strings: bytes that are no UTF-8 are lost there, as on AWS. All other bodies are Base64.
// - What a function answers goes out as it is: no type, no compression and no 304 are added.

/** What API Gateway takes (AWS quota). */
const maxBodyBytes = 10 * 1024 * 1024;
/** A function's answer is waited for so long (AWS quota). */
const answerWithinMs = 30_000;
/** A request has to come whole within this time: far longer than any takes on one machine. */
const wholeWithinMs = 8_000;

/** What goes out. */
export interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** Is told of every request. */
export interface GatewayWatch {
  /** A function is about to be invoked. Returns who is told of the answer. */
  begun(event: APIGatewayProxyEventV2): (answer: WireAnswer) => void;
  /** The gateway refused the request itself. */
  refused(method: string, path: string, statusCode: number): void;
}

export interface GatewayOptions {
  /** With their routes. */
  readonly functions: readonly FunctionConfig[];
  readonly invoke: Invoke;
  readonly watch?: GatewayWatch;
  /** The system chooses when it is absent. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 when it is absent. */
  readonly host?: string;
}

/** Rejects when the port is taken. */
export function startGateway({ functions, invoke, watch, port, host }: GatewayOptions): Promise<Listening> {
  const routeOf = routerOf(functions);
  const answered = new WeakSet<object>();
  const limits = { requestTimeout: wholeWithinMs, connectionsCheckingInterval: 500 };
  const server = createServer(limits, async (request, response) => {
    let tell: ((answer: WireAnswer) => void) | undefined;
    let answer: WireAnswer;
    try {
      const { called, event } = await eventOf(request, routeOf);
      tell = watch?.begun(event);
      answer = await answerTo(called, event, invoke);
    } catch (error) {
      // Anything else is a caller that went away.
      if (!(error instanceof Refused)) return;
      answer = messageAnswer(error.statusCode, error.message);
    }
    // What is still on its way is read and dropped, or the caller would see a reset instead of the answer.
    request.resume();
    answered.add(request.socket);
    send(response, answer);
    if (tell) tell(answer);
    else watch?.refused(request.method ?? '', pathOf(request).path, answer.statusCode);
  });
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    if (!socket.writable || (isLate && answered.has(socket))) {
      socket.destroy();
      return;
    }
    const [statusCode, message] = isLate ? [408, 'Request Timeout'] : [400, 'Bad Request'];
    const { body } = messageAnswer(statusCode, message);
    const head = [
      `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
      'Content-Type: application/json',
      `Content-Length: ${body.byteLength}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body.toString()}`);
  });
  return listenOnLoopback(server, port, host);
}

/** The gateway answers for itself, in its own words. */
class Refused extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const tooLarge = () => new Refused(413, 'Request Entity Too Large');

function messageAnswer(statusCode: number, message: string): WireAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { statusCode, headers: { 'content-type': 'application/json' }, cookies: [], body };
}

interface Route {
  readonly routeKey: string;
  readonly called: FunctionConfig;
  /** Present unless it is `$default`. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

/** Finds the function of a method and of a path as it was sent. Throws `Refused` where there is none. */
function routerOf(functions: readonly FunctionConfig[]) {
  const known = functions.flatMap((called) =>
    called.routes.map((routeKey) => {
      const [method = '', path = ''] = routeKey.split(' ');
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`);
      return { routeKey, called, method, names, pattern };
    }),
  );
  const routes = known.toSorted((a, b) => a.names.length - b.names.length);
  return (method: string, path: string): Route => {
    for (const route of routes) {
      const found = route.method === method ? route.pattern.exec(path) : null;
      if (!found) continue;
      const values = route.names.map((name, index) => [name, decoded(found[index + 1] ?? '')] as const);
      return { ...route, pathParameters: Object.fromEntries(values) };
    }
    const rest = routes.find(({ routeKey }) => routeKey === '$default');
    if (rest === undefined) throw new Refused(404, 'Not Found');
    return { routeKey: rest.routeKey, called: rest.called };
  };
}

/** Throws `Refused` on percent-encoding that stands for no text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused(400, 'Bad Request');
  }
}

/** Without the origin of the absolute form, which names a host that is not asked. */
function pathOf({ url: target = '' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const start = /^[a-z][a-z\d+.-]*:\/\/[^/\\?#]*/i.exec(target)?.[0].length ?? 0;
  const [path = '', ...query] = target.slice(start).split('?');
  return { path: path || '/', query: query.join('?') };
}

/** Throws `Refused`; rejects when the caller goes away. */
async function eventOf(
  request: IncomingMessage,
  routeOf: (method: string, path: string) => Route,
): Promise<{ readonly called: FunctionConfig; readonly event: APIGatewayProxyEventV2 }> {
  const { method = 'GET' } = request;
  const { path, query } = pathOf(request);
  const rawPath = decoded(path);
  const { called, routeKey, pathParameters } = routeOf(method, path);
  const bytes = await bodyOf(request);
  const { cookie, ...headers } = joined(headerLines(request));
  const queryStringParameters = joined(new URLSearchParams(query));
  const isBase64Encoded = bytes.byteLength > 0 && !isText(headers['content-type']);
  const nowMs = Date.now();
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/[;,] */) }),
    headers,
    ...(query !== '' && { queryStringParameters }),
    ...(pathParameters && Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(bytes.byteLength > 0 && { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      // The API's own host on AWS, whatever the header Host says.
      domainName: 'gateway',
      domainPrefix: 'gateway',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: commonLogTime(nowMs),
      timeEpoch: nowMs,
    },
  };
  if (jsonBytes(event) > maxPayloadBytes) throw tooLarge();
  return { called, event };
}

/** Throws `Refused` before it has read more than the gateway takes. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection stays when the reading ends early: it has to carry the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
  }
  return Buffer.concat(chunks);
}

/** As they came, in pairs: Node itself drops some that are repeated. */
function headerLines({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
}

function joined(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** What is passed on as text. A body without a type is taken for text. */
function isText(contentType: string | undefined): boolean {
  return (
    contentType === undefined ||
    /^(?:text\/|application\/(?:json|javascript|xml)\b)|\+(?:json|xml)\b/i.test(contentType)
  );
}

/** Such as 12/Mar/2020:19:03:58 +0000. */
function commonLogTime(ms: number): string {
  return new Date(ms).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1/$2/$3:$4 +0000');
}

/** Throws `Refused`. */
async function answerTo(called: FunctionConfig, event: object, invoke: Invoke): Promise<WireAnswer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Refused(503, 'Service Unavailable')), answerWithinMs);
  try {
    const result = await Promise.race([invoke(called, event), late]);
    if (result.kind === 'crashed') return messageAnswer(500, 'Internal Server Error');
    return wireAnswerOf(result.payload);
  } finally {
    clearTimeout(timer);
  }
}

/** What has no status code is the body of a 200 in JSON. */
function wireAnswerOf(payload: unknown): WireAnswer {
  const { statusCode, headers, cookies, body, isBase64Encoded } = Object(payload);
  if (typeof statusCode !== 'number') {
    const text = typeof payload === 'string' ? payload : (JSON.stringify(payload) ?? 'null');
    return { ...messageAnswer(200, ''), body: Buffer.from(text) };
  }
  const bytes = Buffer.from(String(body ?? ''), isBase64Encoded === true ? 'base64' : 'utf8');
  return { statusCode, headers: headers ?? {}, cookies: cookies ?? [], body: bytes };
}

function send(response: ServerResponse, { statusCode, headers, cookies, body }: WireAnswer): void {
  try {
    response.statusCode = statusCode;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    response.end(body);
  } catch {
    // A status or a header that HTTP does not know.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(messageAnswer(500, 'Internal Server Error').body);
  }
}
