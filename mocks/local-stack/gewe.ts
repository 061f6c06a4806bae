import { join } from 'node:path';
import type { Choice } from '../gewe/scenarios.ts';
import type { PortClaim } from './ports-check.ts';
import type { LocalSettings } from './settings.ts';

/** Who plays GeWe. */
export interface Gewe {
  /** In words, for the ready message. */
  readonly who: string;
  /** The base URL that the worker is given. */
  readonly url: string;
  /** The port it needs here; none when it is somewhere else. */
  readonly claim?: PortClaim;
  /** It is played here: any token and appId will do. */
  readonly isPlayed: boolean;
  start(): Promise<{ close(): Promise<void> }>;
}

/**
 * The real one, or any other that `GEWE_BASE_URL` names; a scenario of the mock when one is asked for; else Prism
 * with the examples of the contract. Throws when the first two are asked for at once.
 */
export function chooseGewe(
  root: string,
  { geweBaseUrl: url, ports }: LocalSettings,
  choice: Choice | undefined,
): Gewe {
  if (url && choice) throw new Error('--scenario and GEWE_BASE_URL exclude each other');
  if (url) {
    const start = async () => ({ close: async () => {} });
    return { who: 'from GEWE_BASE_URL', url, isPlayed: false, start };
  }
  if (choice) {
    const who = `the mock of mocks/gewe, scenario ${choice.scenario}`;
    const { port } = ports.geweMock;
    // Either takes long to load, and is needed only when it plays.
    const start = async () => (await import('../gewe/serve.ts')).startGeweMock({ ...choice, port });
    return { who, ...at(ports.geweMock), start };
  }
  const specFiles = ['openapi.yaml', 'mocks/gewe/upstream.yaml'].map((file) => join(root, file));
  const { port } = ports.prism;
  const who = 'Prism, with the examples of openapi.yaml';
  const start = async () => (await import('../prism.ts')).startPrismMock({ specFiles, port });
  return { who, ...at(ports.prism), start };
}

function at(claim: PortClaim) {
  return { claim, isPlayed: true, url: `http://127.0.0.1:${claim.port}` };
}
