import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import {
  type AnswerInTheMaking,
  answerTo,
  dropDefaultTypes,
  type GatewayRequest,
  refusal,
  send,
  tooLargeAt,
} from './gateway-answers.ts';
import { keepBytes, keepUntyped, withBytesTold } from './gateway-bodies.ts';
import { refusedPath } from './gateway-paths.ts';

/** The little of hapi's server that is used here; serverless-offline brings hapi along. */
interface GatewayServer {
  readonly listener: Server;
  readonly settings: { readonly router: { stripTrailingSlash: boolean } };
  table(): readonly { readonly settings: { readonly payload?: { timeout: number | false } } }[];
  ext(event: 'onRequest' | 'onPreHandler' | 'onPreResponse', method: Extension): void;
}
type Extension = (request: GatewayRequest, toolkit: Toolkit) => symbol;
interface Toolkit {
  readonly continue: symbol;
  readonly abandon: symbol;
  response(): AnswerInTheMaking;
}

/**
 * Makes serverless-offline's server behave as API Gateway's HTTP API: requests reach the functions as they were
 * sent, and what a function answers goes out as it is. Left to itself the server (hapi) answers 304, ranges
 * and CORS on its own account, compresses, adds headers, takes `/x/` for `/x`, serves HEAD with the functions of
 * GET, and shows a stack trace under HTTP 200 when a function throws.
 */
export async function mendGateway(server: GatewayServer): Promise<void> {
  await dropNullsFromEvents();
  answerUnreadable(server.listener);
  server.settings.router.stripTrailingSlash = false;
  // hapi would refuse a slow body after 10 s; `endUnfinished` does it in our words.
  for (const { settings } of server.table()) if (settings.payload) settings.payload.timeout = false;
  server.ext('onRequest', (request, toolkit) => {
    const refused = refusedPath(request.raw.req.url ?? '', request.path);
    if (refused !== undefined) {
      send(request, refusal('not-found', refused));
      return toolkit.abandon;
    }
    // hapi would wait for all of it before it says so.
    if (Number(request.raw.req.headers['content-length']) > maxBodyBytes) {
      send(request, refusal(tooLargeAt(request.path), request.path));
      return toolkit.abandon;
    }
    endUnfinished(request);
    // The functions get the headers as they came (rawHeaders); hapi must not act on these itself.
    for (const name of headersNotForHapi) delete request.headers[name];
    // Otherwise made from the Host header, which can be anything.
    Object.defineProperty(request, 'url', { value: urlOf(request) });
    keepConnection(request.raw.req);
    // No route names HEAD: like the gateway, leave it to $default.
    if (request.method === 'head') request.setMethod(unroutedHead);
    return toolkit.continue;
  });
  let keepsTypes = false;
  server.ext('onPreHandler', (request, toolkit) => {
    // hapi shows its answers to nobody before the first request.
    if (!keepsTypes) dropDefaultTypes(toolkit.response());
    keepsTypes = true;
    if (request.method === unroutedHead) request.method = 'head';
    // For JSON types the body would be parsed, and `0` or `false` handed to the function as no text at all.
    request.mime = 'application/octet-stream';
    keepBytes(request.payload, request.raw.req);
    keepUntyped(request.raw.req);
    return toolkit.continue;
  });
  server.ext('onPreResponse', (request, toolkit) => {
    const answer = answerTo(request);
    send(request, answer);
    const tookMs = Date.now() - request.info.received;
    // Whoever knows the rest of this path can send callbacks.
    const path = request.path.replace(/^(\/v1\/callbacks\/).+/, '$1…');
    process.stdout.write(`${request.raw.req.method} ${path} ${answer.statusCode} ${tookMs} ms\n`);
    return toolkit.abandon;
  });
}

/** One promise that nobody awaits, in any function, would otherwise end all of them. */
export function mendProcess(): void {
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => {
      process.stderr.write(`${event}: ${error instanceof Error ? error.stack : String(error)}\n`);
    });
  }
}

const headersNotForHapi = ['origin', 'range', 'if-none-match', 'if-modified-since', 'content-type'];
const unroutedHead = 'x-head';

/** What API Gateway takes (AWS quota). */
const maxBodyBytes = 10 * 1024 * 1024;
/** Far longer than any request on one machine takes; API Gateway itself waits for 30 s. */
const wholeWithinMs = 8_000;

/** A body that never comes whole is refused, instead of being waited for without end. */
function endUnfinished(request: GatewayRequest): void {
  const { req, res } = request.raw;
  const timer = setTimeout(() => {
    if (req.complete || res.headersSent) return;
    const { socket } = req;
    const why = `the request did not come whole within ${wholeWithinMs / 1000} s`;
    res.once('finish', () => socket.destroySoon());
    send(request, refusal('invalid-request', request.path, why));
  }, wholeWithinMs);
  res.once('close', () => clearTimeout(timer));
}

/** hapi cuts the connection when a body of no stated length turns out too large: it shall answer instead. */
function keepConnection(req: IncomingMessage): void {
  const destroy = req.destroy.bind(req);
  req.destroy = (error) => (error ? destroy(error) : req);
}

/** What cannot be read as HTTP (an unknown method, headers of 16 KB) is told so, and not with an empty line. */
function answerUnreadable(listener: Server): void {
  listener.removeAllListeners('clientError');
  listener.on('clientError', (error: Error & { rawPacket?: Buffer }, socket) => {
    if (!socket.writable) return;
    const path = error.rawPacket?.toString('latin1', 0, 1_000).split(' ')[1] ?? '';
    const { statusCode, headers, body } = refusal(
      'invalid-request',
      path,
      'the request cannot be read as HTTP',
    );
    const lines = Object.entries({
      ...headers,
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${head}\r\n${body}`);
  });
}

function urlOf({ path, raw }: GatewayRequest) {
  const target = raw.req.url ?? '';
  const start = target.indexOf('?');
  const search = start === -1 ? '' : target.slice(start);
  return { pathname: path, search, searchParams: new URLSearchParams(search) };
}

/** In a real event what is absent is absent; serverless-offline says null. */
async function dropNullsFromEvents(): Promise<void> {
  const file = './events/http/lambda-events/LambdaProxyIntegrationEventV2.js';
  const { default: Event } = await import(new URL(file, import.meta.resolve('serverless-offline')).href);
  const create = Event.prototype.create;
  Event.prototype.create = function createWithoutNulls() {
    const event: object = withBytesTold(create.call(this));
    return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
  };
}
