import type { SchemaFault } from '../contract/validators.generated.js';
import { Fault } from './faults.ts';

/** The two APIs of the service: the GeWe-compatible one, and its own REST API. */
export type Surface = 'gewe' | 'rest';

/** A request, whatever platform it came through (`api-gateway.ts` makes one of its event). */
export interface HttpRequest {
  readonly method: string;
  /** The path of the route that took it, as in `openapi.yaml` (`/v1/devices/{appId}`); undefined when none did. */
  readonly route: string | undefined;
  /** Decoded, as the gateway hands it over: a stage or a custom domain can stand in front. */
  readonly path: string;
  /** Which API's words the caller understands. */
  readonly surface: Surface;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  /** Decoded; values of one name are joined with commas. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** What stands behind the `?`, as it was sent; empty when nothing does. */
  readonly queryString: string;
  /** The gateway's own host name, whatever the Host header says. */
  readonly domainName: string;
  /** When the gateway received it, by the gateway's clock, in milliseconds since 1970: a cold start is later than that. */
  readonly receivedAtMs: number;
  /** `name`: in lower case. */
  header(name: string): string | undefined;
  /** The bytes that were sent, empty when there are none. Each call decodes them anew. */
  body(): Uint8Array;
}

const gewePrefix = /^(?:\/gewe)?\/v2\/api(?:\/|$)/;

/** `path`: of the route, or of the request where it has none. */
export function surfaceOf(path: string): Surface {
  return gewePrefix.test(path) ? 'gewe' : 'rest';
}

/** How the contract judges a body: the generated validators of its schema. */
export interface BodyContract<Body> {
  readonly is: (value: unknown) => value is Body;
  readonly faultOf: (value: unknown) => SchemaFault | undefined;
}

/** The body as JSON that keeps to the contract. Throws `Fault` that points at what does not. */
export function jsonBodyOf<Body>(request: HttpRequest, contract: BodyContract<Body>): Body {
  const json = parsedBody(request);
  if (contract.is(json)) return json;
  const { pointer = '', detail = 'does not match the contract' } = contract.faultOf(json) ?? {};
  throw new Fault('invalid-request', [{ pointer, detail }]);
}

/** Requests carry an app id and little else. */
const maxBodyBytes = 65_536;

/** The body as JSON. Throws `Fault` when it is too large, or not JSON. */
export function parsedBody(request: HttpRequest): unknown {
  const bytes = request.body();
  if (bytes.byteLength > maxBodyBytes) throw new Fault('body-too-large');
  try {
    // Drops a byte order mark, which JSON.parse does not take.
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    // The parser's own message quotes the body: it stays in the cause.
    throw new Fault('invalid-json', [], { cause });
  }
}
