import type { GatewayEvent } from './api-gateway.ts';

/** As API Gateway sends it (payload 2.0), with all members that it sets; `more` stands over them. */
export function eventOf(more: Partial<GatewayEvent> = {}): GatewayEvent {
  const routeKey = more.routeKey ?? 'GET /v1/devices/{appId}/contacts/changes';
  const rawPath = more.rawPath ?? '/v1/devices/wx_demo/contacts/changes';
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': '0',
      host: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-65a0c0de-0123456789abcdef01234567',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-gewe-token': 'token-of-header',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abcdefghij',
      http: {
        method: routeKey.split(' ')[0] ?? '',
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'RVtFRhYfFiAEPsQ=',
      routeKey,
      stage: '$default',
      time: '12/Jan/2024:06:00:30 +0000',
      timeEpoch: 1_705_039_230_000,
    },
    isBase64Encoded: false,
    ...more,
  };
}
