import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type ServiceLocation, sdkOptions } from '../runtime/sdk-options.ts';

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createEventBridgeClient(location: ServiceLocation, timeoutMs?: number): EventBridgeClient {
  return new EventBridgeClient(sdkOptions(location, timeoutMs));
}
