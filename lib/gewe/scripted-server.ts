import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a test lets the server do with a request whose body has been read. */
export type Script = (response: ServerResponse, request: IncomingMessage) => void;

export interface ScriptedServer {
  /** Origin without a path. */
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** Says how to answer from now on, and forgets what was received. */
  play(script: Script): void;
  /** Resolves when the connection of a request received since `play` has ended, by whichever side. */
  connectionEnded(): Promise<void>;
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** For tests alone: an HTTP server on 127.0.0.1 that misbehaves as it is told. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let current: Script = (response) => response.end();
  let ended = Promise.withResolvers<void>();
  const received: ReceivedRequest[] = [];

  const server = createServer(async (request, response) => {
    const { resolve } = ended;
    response.on('close', resolve);
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ method: request.method, url: request.url, headers: request.headers, body });
    current(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    play(script) {
      current = script;
      received.length = 0;
      ended = Promise.withResolvers();
    },
    connectionEnded: () => ended.promise,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
