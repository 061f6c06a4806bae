import type { SQSClientConfig } from '@aws-sdk/client-sqs';

/** Where an AWS service is asked. Without `endpoint` the SDK reads its own `AWS_ENDPOINT_URL…` variables. */
export interface ServiceLocation {
  readonly region: string;
  /** A local server of the same protocol (tests). */
  readonly endpoint?: string;
  /** Without them the SDK's default provider; in the bundles that is `credentials.ts`. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The whole wait for one call that hangs is 3 × 5 s and some back-off: less than the 29 s of an HTTP function. */
const maxAttempts = 3;
const connectionTimeoutMs = 1_000;
const answerTimeoutMs = 5_000;

/**
 * Options of every SDK client. They are static, because the SDK looks up in files what it is not told: each saves
 * a lookup of the cold start. `answerTimeoutMs` of one attempt can be set for tests.
 */
export function sdkOptions(location: ServiceLocation, timeoutMs: number = answerTimeoutMs) {
  return {
    ...location,
    maxAttempts,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestHandler: {
      connectionTimeout: Math.min(connectionTimeoutMs, timeoutMs),
      requestTimeout: timeoutMs,
      // Without it the SDK only warns and goes on waiting.
      throwOnRequestTimeout: true,
      // `requestTimeout` ends with the answer's head; this ends a body that stops in the middle.
      socketTimeout: timeoutMs,
    },
  } satisfies SQSClientConfig;
}
