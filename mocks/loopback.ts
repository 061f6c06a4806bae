import { once } from 'node:events';
import type { Server } from 'node:http';

export interface Listening {
  /** Origin without a path, as this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /** Cuts every connection, also those that wait. */
  close(): Promise<void>;
}

/**
 * Lets the server listen on 127.0.0.1, or on another address of this machine. `port`: the system chooses when it is absent.
 * Rejects when the port is taken.
 */
export async function listenOnLoopback(server: Server, port = 0, host = '127.0.0.1'): Promise<Listening> {
  server.listen(port, host);
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
