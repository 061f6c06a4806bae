import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { listenOnLoopback } from '../../mocks/loopback.ts';

/** A request that came whole, byte for byte. */
export interface ReceivedRequest {
  readonly method: string;
  /** The target of the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

/** What the server does with a request whose body has been read; `incoming.socket` is for what no HTTP server does. */
export type Script = (response: ServerResponse, request: ReceivedRequest, incoming: IncomingMessage) => void;

/** A server on 127.0.0.1 that records every request and does with it as it is told. */
export interface ScriptedServer {
  /** Origin without a path. */
  readonly url: string;
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  /** How many connections were ever made; over TLS, those whose handshake succeeded. */
  connections(): number;
  /** Says what to do from now on, and forgets what was received. */
  play(script: Script): void;
  /** Resolves when a response that began since `play` has ended or lost its connection. */
  connectionEnded(): Promise<void>;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Without a script, every answer is an empty 200. `port`: the system chooses when it is absent; `tls`: HTTPS with this key. */
export async function startScriptedServer(
  script: Script = (response) => response.end(),
  { port, tls }: { readonly port?: number; readonly tls?: ServerOptions | undefined } = {},
): Promise<ScriptedServer> {
  let current = script;
  let ended = Promise.withResolvers<void>();
  const received: ReceivedRequest[] = [];
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;

  const listener = async (incoming: IncomingMessage, response: ServerResponse) => {
    response.on('close', ended.resolve);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // The client has gone.
    }
    const { method = '', url = '', headers, socket } = incoming;
    const connection = numbers.get(socket) ?? 0;
    const request = { method, url, headers, body: Buffer.concat(chunks), connection };
    received.push(request);
    current(response, request, incoming);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections += 1;
    numbers.set(socket, connections);
  });
  const listening = await listenOnLoopback(server, port);
  return {
    ...listening,
    url: listening.url.replace('http:', tls ? 'https:' : 'http:'),
    received,
    connections: () => connections,
    play(next) {
      current = next;
      received.length = 0;
      ended = Promise.withResolvers();
    },
    connectionEnded: () => ended.promise,
  };
}

/** An answer in JSON. */
export function answerJson(body: unknown, status = 200): Script {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
