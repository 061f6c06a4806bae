import { type HttpRequest, surfaceOf } from './request.ts';

/** What a test says of a request; all else is as little as can be. Names of headers in lower case. */
export interface RequestParts
  extends Partial<Pick<HttpRequest, 'path' | 'pathParameters' | 'query' | 'queryString'>> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request that a route took, such as `PUT /v1/callback`. */
export function requestTo(route: string, parts: RequestParts = {}): HttpRequest {
  const [method = '', path = ''] = route.split(' ');
  const { headers = {}, body = '', ...others } = parts;
  return {
    method,
    route: path,
    path,
    surface: surfaceOf(path),
    pathParameters: {},
    query: {},
    queryString: '',
    domainName: 'api.example.com',
    receivedAtMs: 0,
    header: (name) => headers[name],
    body: () => (typeof body === 'string' ? Buffer.from(body) : body),
    ...others,
  };
}

/** The JSON of an answer's body. */
export function jsonOf({ body }: { readonly body?: string | Uint8Array }) {
  return JSON.parse(String(body));
}
