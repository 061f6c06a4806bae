import { callNamePattern } from '../pass-through/call.ts';
import { type Answer, faultAnswer } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** The paths of this service and the methods each knows, exact paths before templated ones; held against openapi.yaml and serverless.yml by a test. */
export const routes: readonly { readonly path: string; readonly methods: readonly string[] }[] = [
  { path: '/gewe/v2/api/contacts/fetchContactsList', methods: ['POST'] },
  { path: '/gewe/v2/api/contacts/fetchContactsListCache', methods: ['POST'] },
  { path: '/v2/api/contacts/fetchContactsList', methods: ['POST'] },
  { path: '/v2/api/contacts/fetchContactsListCache', methods: ['POST'] },
  { path: '/gewe/v2/api/{group}/{operation}', methods: ['POST'] },
  { path: '/v2/api/{group}/{operation}', methods: ['POST'] },
  { path: '/v1/devices/{appId}', methods: ['DELETE'] },
  { path: '/v1/devices/{appId}/contacts', methods: ['GET'] },
  { path: '/v1/devices/{appId}/contacts/refreshes', methods: ['POST'] },
  { path: '/v1/devices/{appId}/contacts/refreshes/{refreshId}', methods: ['GET'] },
  { path: '/v1/devices/{appId}/contacts/changes', methods: ['GET'] },
  { path: '/v1/devices/{appId}/chatrooms', methods: ['GET'] },
  { path: '/v1/devices/{appId}/subscription', methods: ['PUT', 'GET', 'DELETE'] },
  { path: '/v1/callback', methods: ['PUT', 'GET', 'DELETE'] },
  { path: '/v1/callbacks/{callbackId}', methods: ['POST'] },
];

/** The methods of the path that a request meant; undefined when there is nothing at it. */
export function methodsAt(path: string): readonly string[] | undefined {
  return routes.find((route) => patternOf(route.path).test(path))?.methods;
}

function patternOf(path: string): RegExp {
  const named = path.replace(/\{(?:group|operation)\}/g, callNamePattern);
  return new RegExp(`^${named.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** A request that no route took: 404, or 405 with the methods that its path knows. */
export function unroutedAnswer({ method, path, surface }: HttpRequest): Answer {
  const methods = methodsAt(path);
  // The gateway chooses a route before it decodes the path: one that was written with escapes comes here with a method that it knows.
  if (methods === undefined || methods.includes(method)) return faultAnswer(new Fault('not-found'), surface);
  return faultAnswer(new Fault('method-not-allowed'), surface, { Allow: methods.join(', ') });
}
