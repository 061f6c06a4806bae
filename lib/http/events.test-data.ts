import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as the gateway hands it to a function (payload 2.0). `route`: such as `PUT /v1/callback`. */
export function httpEvent(
  route: string,
  parts: Partial<
    Pick<
      APIGatewayProxyEventV2,
      'body' | 'headers' | 'isBase64Encoded' | 'pathParameters' | 'queryStringParameters'
    >
  > = {},
): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = route.split(' ');
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
      requestId: 'request',
      routeKey: route,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    ...parts,
  };
}
