import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { createServer as createRawServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';

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

/** Servers for the tests of one file, each ended after the test that started it. */
export function useServers() {
  const ends: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  return {
    async bot(script: Script, tls?: ServerOptions): Promise<ScriptedBot> {
      const started = await startScriptedBot(script, { tls });
      ends.push(started.close);
      return started;
    },

    /** One that says what it likes on a connection. Gives its port. */
    async rawServer(talk: (socket: Socket) => void): Promise<number> {
      const sockets = new Set<Socket>();
      const server = createRawServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        talk(socket);
      });
      ends.push(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (typeof address !== 'object' || address === null) throw new Error('no address');
      return address.port;
    },
  };
}
