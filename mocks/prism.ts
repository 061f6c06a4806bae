import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec, type IHttpConfig } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';

/** A server that listens at `url` until it is closed. */
export interface RunningPrism {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

interface Place {
  /** Paths of OpenAPI files; their operations are served together. */
  readonly specFiles: readonly string[];
  /** 0: one that is free. */
  readonly port: number;
  readonly host?: string;
}

/**
 * Serves the examples of a contract: the first one of the lowest success status, or what `Prefer: code=404` or
 * `Prefer: example=pending` asks for. Requests that break the contract are refused.
 */
export function startPrismMock(place: Place): Promise<RunningPrism> {
  return start(place, { ...checks, isProxy: false });
}

/**
 * Passes everything on to `upstream` and adds the header `sl-violations` (a JSON array) to an answer that breaks
 * the contract. `checkRequests: false` is for requests that are wrong on purpose: only their answers are checked.
 */
export function startPrismProxy(
  place: Place & { readonly upstream: string; readonly checkRequests?: boolean },
): Promise<RunningPrism> {
  const { upstream, checkRequests = true } = place;
  return start(place, {
    ...checks,
    checkSecurity: checkRequests,
    validateRequest: checkRequests,
    isProxy: true,
    upstream: new URL(upstream),
  });
}

const checks = {
  checkSecurity: true,
  validateRequest: true,
  validateResponse: true,
  // True would put Prism's own answer in the place of one that breaks the contract.
  errors: false,
  upstreamProxy: undefined,
  mock: { dynamic: false },
};

async function start(
  { specFiles, port, host = '127.0.0.1' }: Place,
  config: IHttpConfig,
): Promise<RunningPrism> {
  const described = await Promise.all(specFiles.map((file) => getHttpOperationsFromSpec(file)));
  const logger = createLogger('prism', { level: 'silent' });
  const server = createServer(described.flat(), { cors: false, config, components: { logger } });
  try {
    return { url: await server.listen(port, host), close: () => server.close() };
  } catch (error) {
    throw new Error(listenFault(error, port, host), { cause: error });
  }
}

/** Prism rejects with the bare text of the error. */
function listenFault(error: unknown, port: number, host: string): string {
  const text = String(error);
  return text.includes('EADDRINUSE')
    ? `port ${port} on ${host} is taken; stop what listens there or choose another port`
    : `cannot listen on ${host}:${port}: ${text}`;
}
