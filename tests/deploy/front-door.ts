import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands for the name that DNS gives an API: what comes in on a port of 127.0.0.1 goes to MiniStack as it is, with the
 * API's host. `host`: `<api id>.execute-api.…`.
 */
export async function openFrontDoor(host: string, port: number): Promise<FrontDoor> {
  const server = createServer((incoming, answer) => {
    const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    const passed = request(
      {
        host: '127.0.0.1',
        port,
        path: incoming.url,
        method: incoming.method,
        agent: false,
        headers: { ...Object.fromEntries(headers), host },
      },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
        got.pipe(answer);
      },
    );
    passed.once('error', () => answer.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front door has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
