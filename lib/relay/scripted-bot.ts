import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';

/** What a test lets the bot do with a request whose body has been read. */
export type Script = (response: ServerResponse, request: ReceivedRequest) => void;

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ScriptedBot {
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  /** Connections that were ever made to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/**
 * For tests alone: somebody's bot on 127.0.0.1, which does as it is told. `port`: 0 lets the system choose; `tls`: it
 * speaks TLS with this key.
 */
export async function startScriptedBot(
  script: Script,
  { port = 0, tls }: { readonly port?: number; readonly tls?: ServerOptions | undefined } = {},
): Promise<ScriptedBot> {
  const received: ReceivedRequest[] = [];
  let connections = 0;
  const listener: RequestListener = async (request, response) => {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const { method, url, headers } = request;
    const whole = { method, url, headers, body: Buffer.concat(chunks) };
    received.push(whole);
    script(response, whole);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    received,
    connections: () => connections,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
