import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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

const usage = `Usage: node mocks/prism.ts [--port N] [--help]

Serves the examples of openapi.yaml: no AWS, no GeWe, nothing stored.
  --port N  where to listen on 127.0.0.1; default: PRISM_PORT, else 4010`;

/** The port to listen on; throws when what was given is none. */
function portOf(given: string | undefined): number {
  const text = given ?? process.env.PRISM_PORT ?? '4010';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`the port must be a whole number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function greeting(url: string): string {
  return `Prism serves the examples of openapi.yaml at ${url} (Ctrl-C stops it). Try:

curl -X POST ${url}/gewe/v2/api/contacts/fetchContactsList -H 'X-GEWE-TOKEN: t' -H 'content-type: application/json' -d '{"appId":"wx_demo"}'
curl ${url}/v1/devices/wx_demo/contacts -H 'X-GEWE-TOKEN: t'
curl -X POST ${url}/v1/devices/wx_demo/contacts/refreshes -H 'X-GEWE-TOKEN: t' -H 'Prefer: code=202'`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(usage);
    return;
  }
  const specFile = fileURLToPath(new URL('../openapi.yaml', import.meta.url));
  const mock = await startPrismMock({ specFiles: [specFile], port: portOf(values.port) });
  console.log(greeting(mock.url));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      mock.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
