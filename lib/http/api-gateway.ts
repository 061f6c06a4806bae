import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Answer } from './answer.ts';
import { type HttpRequest, surfaceOf } from './request.ts';

// The edge to API Gateway (HTTP API, payload 2.0): nothing behind it knows the event.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

export type GatewayEvent = APIGatewayProxyEventV2;
export type GatewayResult = APIGatewayProxyStructuredResultV2;

/** What the gateway hands over, as a request. It keeps the event's own texts, and decodes the body when it is asked for. */
export function toRequest(event: GatewayEvent): HttpRequest {
  const { routeKey, rawPath, headers } = event;
  // The route of what no other route takes has no method and no path.
  const route = routeKey === '$default' ? undefined : routeKey.slice(routeKey.indexOf('/'));
  return {
    method: event.requestContext.http.method,
    route,
    path: rawPath,
    surface: surfaceOf(route ?? rawPath),
    pathParameters: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    queryString: event.rawQueryString,
    domainName: event.requestContext.domainName,
    receivedAtMs: event.requestContext.timeEpoch,
    // The gateway gives names in lower case, other hosts may not.
    header: (name) =>
      headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1],
    body: () => Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** An answer as the gateway takes it: a text as it is, bytes in Base64. */
export function toResult({ status, headers = {}, body }: Answer): GatewayResult {
  if (body === undefined) return { statusCode: status, headers };
  if (typeof body === 'string') return { statusCode: status, headers, body };
  return { statusCode: status, headers, body: base64Of(body), isBase64Encoded: true };
}

function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
