import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getResponse } from 'msw';
import { type Listening, listenOnLoopback } from '../loopback.ts';
import { createGeweMock, type GeweMock } from './mock.ts';
import { parseChoice, type ScenarioName } from './scenarios.ts';

export interface StartGeweMockOptions {
  /** `normal` when absent. */
  readonly scenario?: ScenarioName;
  /** 20 when absent. */
  readonly seconds?: number;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/** Its `url` is for `GEWE_BASE_URL`. */
export interface RunningGeweMock extends Listening {
  readonly mock: GeweMock;
}

/** Longer request bodies are refused. */
const maxBodyBytes = 8 * 1024 * 1024;

/**
 * The mock as a server on 127.0.0.1. Beside GeWe's operations: `GET /__mock/calls` tells the counts of each device,
 * `POST /__mock/scenario` with `{"scenario", "seconds"?}` chooses another scenario, and `POST /__mock/callback` with a
 * token in `X-GEWE-TOKEN` posts its body to the callback URL of that token.
 *
 * @throws Error with one line for a person when the port is taken.
 */
export async function startGeweMock(options: StartGeweMockOptions): Promise<RunningGeweMock> {
  const { port: wantedPort, ...choice } = options;
  const mock = createGeweMock(choice);
  const server = createServer((request, response) => {
    serve(mock, request, response).catch((error: unknown) => {
      // A client that has gone while it sent is no fault of the mock's.
      if (!request.destroyed || request.complete) console.error('The GeWe mock failed:', error);
      response.destroy();
    });
  });
  const listening = await listenOnLoopback(server, wantedPort).catch((error: unknown) => {
    throw new Error(whyNotListening(error, wantedPort), { cause: error });
  });
  return { ...listening, mock };
}

function whyNotListening(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${String(code)})`;
  return `Port ${port} of 127.0.0.1 ${why}: choose another one for the GeWe mock with --port or GEWE_MOCK_PORT.`;
}

async function serve(mock: GeweMock, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const client = new AbortController();
  outgoing.on('close', () => client.abort());
  const request = await toRequest(incoming, client.signal);
  const response =
    request === undefined ? text(400, 'The mock cannot read this request.') : await answer(mock, request);
  if (response.type === 'error') incoming.socket.resetAndDestroy();
  else await send(response, outgoing);
}

async function answer(mock: GeweMock, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/__mock/calls' && request.method === 'GET') return Response.json(mock.state.told());
  if (pathname === '/__mock/scenario' && request.method === 'POST')
    return chooseScenario(mock, await request.text());
  if (pathname === '/__mock/callback' && request.method === 'POST') return postCallback(mock, request);
  const response = await getResponse(mock.handlers, request);
  return response ?? text(404, `The GeWe mock has no ${request.method} ${pathname}.`);
}

function chooseScenario(mock: GeweMock, body: string): Response {
  try {
    const choice: unknown = JSON.parse(body);
    const field = (name: string): unknown => Object(choice)[name];
    const { scenario, seconds } = parseChoice(field('scenario'), field('seconds'));
    mock.setScenario(scenario, seconds);
    return Response.json({ scenario, seconds });
  } catch (error) {
    const why =
      error instanceof SyntaxError || !(error instanceof Error) ? 'The body is no JSON.' : error.message;
    return text(400, why);
  }
}

async function postCallback(mock: GeweMock, request: Request): Promise<Response> {
  const token = request.headers.get('X-GEWE-TOKEN') ?? '';
  const contentType = request.headers.get('Content-Type') ?? undefined;
  const posted = await mock.postCallback(token, new Uint8Array(await request.arrayBuffer()), contentType);
  if (posted === undefined) return text(404, 'Nobody has set a callback URL for this token.');
  return posted.status === undefined ? text(502, 'The receiver did not answer.') : Response.json(posted);
}

function text(status: number, message: string): Response {
  return new Response(`${message}\n`, { status, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } });
}

/** Undefined when it cannot be one: a strange method or target, or a body that is too long. */
async function toRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  const { method = 'GET', url = '/' } = incoming;
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
  try {
    if (bytes > maxBodyBytes) return undefined;
    // The host that the client names is nothing to the mock.
    return new Request(new URL(url, 'http://gewe.mock'), { method, headers, body, signal });
  } catch {
    return undefined;
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  try {
    for await (const chunk of response.body ?? []) {
      // Written out before the next one is asked for: that may be where the answer is cut off.
      await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()));
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}
