import { createServer, request } from 'node:http';
import { listenOnLoopback } from '../../mocks/loopback.ts';

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
  return listenOnLoopback(server);
}
