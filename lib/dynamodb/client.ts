import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ServiceLocation, sdkOptions } from '../runtime/sdk-options.ts';

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createDynamoDbClient(location: ServiceLocation, timeoutMs?: number): DynamoDBClient {
  return new DynamoDBClient(sdkOptions(location, timeoutMs));
}
