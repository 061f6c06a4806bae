import { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';

/** A kept connection that nobody used for longer is not used again. */
const maxIdleMs = 2_000;

/** Connections to GeWe that are kept for the next call. */
export interface KeptConnections {
  readonly agent: Agent;
  /** To be called before each request: what has idled for too long is closed, and no request gets it. */
  closeStale(): void;
}

/**
 * Connections that are kept, and used again within two seconds alone. By the clock and not by a timer: while a function is frozen no timer
 * runs, nor does it hear that the other side has closed. What would be sent on such a connection would be lost, and must
 * not be sent again.
 */
export function keptConnections(protocol: string, nowMs: () => number): KeptConnections {
  const idleSinceMs = new WeakMap<object, number>();
  // Calls are bounded by the gateway: to queue them for a socket would only use up their time.
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: 64 };
  const agent = protocol === 'https:' ? secureAgent(options) : new Agent(options);
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    idleSinceMs.set(socket, nowMs());
    // Node's own says whether to keep it, whatever its types say.
    return keep(socket);
  };
  return {
    agent,
    closeStale() {
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) {
          const idleMs = nowMs() - (idleSinceMs.get(socket) ?? 0);
          // A clock that was set back says nothing.
          if (!(idleMs >= 0 && idleMs <= maxIdleMs)) socket.destroy();
        }
      }
    },
  };
}

/** Only where GeWe is asked over TLS: an import would load all of it at every cold start. */
function secureAgent(options: AgentOptions): Agent {
  const { Agent: SecureAgent } = process.getBuiltinModule('node:https');
  return new SecureAgent(options);
}
