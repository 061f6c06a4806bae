import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface RecordedCall {
  readonly method: string;
  /** The target of the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

export interface RecordingServer {
  /** Origin without a path. */
  readonly url: string;
  /** What came whole. */
  readonly calls: readonly RecordedCall[];
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
}

/** How a recording server answers what it has recorded. */
export type Respond = (call: RecordedCall, response: ServerResponse, request: IncomingMessage) => void;

/** For tests and benchmarks alone: an HTTP server on 127.0.0.1 that keeps every connection and every call, byte for byte. */
export async function startRecordingServer(respond: Respond): Promise<RecordingServer> {
  const calls: RecordedCall[] = [];
  const numbers = new WeakMap<object, number>();
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The client has gone.
    }
    const { method = '', url = '', headers, socket } = request;
    const connection = numbers.get(socket) ?? 0;
    const call = { method, url, headers, body: Buffer.concat(chunks), connection };
    calls.push(call);
    respond(call, response, request);
  });
  server.on('connection', (socket) => {
    connections += 1;
    numbers.set(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    connections: () => connections,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
