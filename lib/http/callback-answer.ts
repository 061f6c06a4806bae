import type { CallbackHost } from '../callbacks/redirect.ts';
import type { CallbackInput, OwnCallback, UpsertCallbackResult } from '../callbacks/register.ts';
import type { Callback } from '../contract/types.generated.ts';
import { faultOfCallbackRequest, isCallbackRequest } from '../contract/validators.generated.js';
import { type Answer, json, timeOf, timeOrNull } from './answer.ts';
import { Fault } from './faults.ts';
import { type HttpRequest, jsonBodyOf } from './request.ts';

const contract = { is: isCallbackRequest, faultOf: faultOfCallbackRequest };

/** Where callbacks are received, as GeWe reaches it. `publicBaseUrl`: the operator's `PUBLIC_BASE_URL`. */
export function urlBaseOf(
  { domainName }: Pick<HttpRequest, 'domainName'>,
  publicBaseUrl: string | undefined,
): string {
  // Not the Host header: its sender could have callbacks posted to another host.
  return `${publicBaseUrl ?? `https://${domainName}`}/v1/callbacks/`;
}

/** The same, and this service's own names, which nothing is forwarded to. */
export function callbackHostOf(
  request: Pick<HttpRequest, 'domainName'>,
  publicBaseUrl: string | undefined,
): CallbackHost {
  const urlBase = urlBaseOf(request, publicBaseUrl);
  const { domainName } = request;
  // A domain name that ends in an address is no host of a URL; AWS has none of these.
  return { urlBase, ownHosts: [...new Set([URL.parse(urlBase)?.host ?? domainName, domainName])] };
}

/** What the body asks for. Throws `Fault`. */
export function callbackInputOf(request: HttpRequest, publicBaseUrl: string | undefined): CallbackInput {
  const { register = false, forwardTo } = jsonBodyOf(request, contract);
  return {
    register,
    ...callbackHostOf(request, publicBaseUrl),
    ...(typeof forwardTo === 'string' && { forwardTo }),
  };
}

/** 201 when there was none before, else 200. Throws `Fault` when it was not stored. */
export function putCallbackAnswer(result: UpsertCallbackResult, urlBase: string): Answer {
  switch (result.kind) {
    case 'stored':
      return callbackAnswer(result.created ? 201 : 200, result.callback, urlBase);
    case 'target-rejected':
      throw new Fault('invalid-request', [{ pointer: '/forwardTo', detail: result.why }]);
    case 'rejected':
      throw new Fault(result.why);
  }
}

/** Throws `Fault` when there is none. */
export function callbackAnswer(
  status: 200 | 201,
  callback: OwnCallback | undefined,
  urlBase: string,
): Answer {
  if (callback === undefined) throw new Fault('callback-not-found');
  const { registered, forwardTo, createdAtMs, lastReceivedAtMs } = callback.record;
  const body: Callback = {
    url: `${urlBase}${callback.id}`,
    registered,
    forwardTo: forwardTo ?? null,
    createdAt: timeOf(createdAtMs),
    lastCallbackAt: timeOrNull(lastReceivedAtMs),
  };
  return json(status, body, { 'Cache-Control': 'no-store' });
}
