import { once } from 'node:events';
import type { Server } from 'node:http';

export interface Listening {
  /** Origin without a path. */
  readonly url: string;
  readonly port: number;
  /** Cuts every connection, also those that wait. */
  close(): Promise<void>;
}

/** Lets the server listen on 127.0.0.1. `port`: the system chooses when it is absent. Rejects when the port is taken. */
export async function listenOnLoopback(server: Server, port = 0): Promise<Listening> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
