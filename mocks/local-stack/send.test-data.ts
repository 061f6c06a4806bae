import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../loopback.ts';

/** What a server was asked. */
interface Asked {
  readonly line: string;
  readonly token: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** A server that answers what it is told, one answer after the other. */
export interface Doorman {
  readonly url: string;
  readonly port: number;
  readonly requests: Asked[];
  answers: { readonly status: number; readonly body?: object }[];
  close(): Promise<void>;
}

export async function startDoorman(): Promise<Doorman> {
  const server = createServer(async (request, response) => {
    const { 'x-gewe-token': token, 'content-type': contentType } = request.headers;
    doorman.requests.push({
      line: `${request.method} ${request.url}`,
      token: token?.toString(),
      contentType,
      body: await buffer(request),
    });
    const { status = 500, body = {} } = doorman.answers.shift() ?? {};
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  const doorman: Doorman = { ...(await listenOnLoopback(server)), requests: [], answers: [] };
  return doorman;
}
