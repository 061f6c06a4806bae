import { SQSClient } from '@aws-sdk/client-sqs';
import { type ServiceLocation, sdkOptions } from '../runtime/sdk-options.ts';

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createSqsClient(location: ServiceLocation, timeoutMs?: number): SQSClient {
  return new SQSClient(sdkOptions(location, timeoutMs));
}
