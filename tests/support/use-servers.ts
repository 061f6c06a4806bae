import { once } from 'node:events';
import type { ServerOptions } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

/** Servers for the tests of one file, each ended after the test that started it. */
export function useServers() {
  const ends: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  return {
    async scriptedServer(script?: Script, tls?: ServerOptions): Promise<ScriptedServer> {
      const started = await startScriptedServer(script, { tls });
      ends.push(started.close);
      return started;
    },

    /** One that says what it likes on a connection. Gives its port. */
    async rawServer(talk: (socket: Socket) => void): Promise<number> {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
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
      if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
      return address.port;
    },
  };
}
