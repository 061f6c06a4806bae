import { tokenKeyOf } from '../device/keys.ts';
import type { Ports } from '../device/ports.ts';
import { type CallbackOwner, callbackIdOf, callbackKeyOf } from './callback-id.ts';
import type { CallbackRecord, CallbackStore, TargetCheck } from './ports.ts';
import { updateCallback } from './register.ts';
import { isCalled, markRegistered, type RedirectDecision, redirectTo } from './registration-rules.ts';

export interface RedirectPorts extends Pick<Ports, 'clock'> {
  readonly callbacks: CallbackStore;
  readonly targets: TargetCheck;
}

/** As in `openapi.yaml` (ForwardTarget). */
const maxTargetLength = 2_048;

const noCallback = { kind: 'no-callback' } as const;

/**
 * A client sets another callback URL of a token at GeWe: where the token has a callback here that GeWe calls, GeWe goes on calling this
 * service, and that URL becomes the forwarding target. The service's own URL is for GeWe. Two tokens, of the header and of the call,
 * are refused when either has a callback here. Throws `StoreUnavailable`.
 */
export async function redirectCallback(
  owner: CallbackOwner,
  setting: CallbackSetting,
  host: CallbackHost,
  ports: RedirectPorts,
): Promise<Redirected> {
  const record = await ports.callbacks.load(owner.callbackKey);
  if (setting.token !== owner.token) {
    // Else the callback of one token could be taken away by the bearer of another.
    const taken = record ?? (setting.token !== undefined && (await hasCallback(setting.token.trim(), ports)));
    if (!taken) return noCallback;
    return { kind: 'invalid', pointer: '/token', why: 'must be the token of the header X-GEWE-TOKEN' };
  }
  if (record === undefined) return noCallback;
  const url = setting.callbackUrl ?? '';
  if (url === ownUrlOf(owner, record, host)) return { kind: 'own-url', url };
  if (!isCalled(record)) return invalidUrl(notCalledYet);
  if (url.length > maxTargetLength) return invalidUrl(`must have at most ${maxTargetLength} characters`);
  const checked = await ports.targets.check(url, host.ownHosts);
  return checked.ok ? forwardTo(owner, url, host, ports) : invalidUrl(checked.why);
}

async function hasCallback(token: string, { callbacks }: RedirectPorts): Promise<boolean> {
  return (await callbacks.load(callbackKeyOf(tokenKeyOf(token)))) !== undefined;
}

/** Decides by what is there now: it may have been deleted or replaced since it was looked at. */
async function forwardTo(
  owner: CallbackOwner,
  url: string,
  { ownHosts }: CallbackHost,
  ports: RedirectPorts,
): Promise<Redirected> {
  let decision: RedirectDecision = noCallback;
  await updateCallback(owner, ports, (now) => {
    decision = redirectTo(now, { forwardTo: url, ownHosts });
    return decision.kind === 'kept' ? decision.next : undefined;
  });
  return decision.kind === 'not-called' ? invalidUrl(notCalledYet) : { kind: decision.kind };
}

/** GeWe has accepted that URL: the callback is registered, if the URL is still its own. Throws `StoreUnavailable`. */
export async function noteRegistered(
  owner: CallbackOwner,
  url: string,
  host: CallbackHost,
  ports: Pick<RedirectPorts, 'callbacks' | 'clock'>,
): Promise<void> {
  await updateCallback(owner, ports, (now) => {
    const isOwn = now && !now.registered && url === ownUrlOf(owner, now, host);
    return isOwn ? markRegistered(now, now) : undefined;
  });
}

function ownUrlOf(
  { token, callbackKey }: CallbackOwner,
  { salt }: CallbackRecord,
  { urlBase }: CallbackHost,
): string {
  return `${urlBase}${callbackIdOf(callbackKey, token, salt)}`;
}

/** Success would mean that callbacks go to that URL, while none come to here. */
const notCalledYet =
  'GeWe 尚未回调本服务，请先注册：PUT /v1/callback {"register":true} (GeWe does not call this service yet: register it first)';

function invalidUrl(why: string): Redirected {
  return { kind: 'invalid', pointer: '/callbackUrl', why };
}

/** What a call says that sets the callback URL of a token; a member is absent when it is no text. */
export interface CallbackSetting {
  readonly token?: string;
  readonly callbackUrl?: string;
}

/** What became of a URL that a client sets at GeWe. */
export type Redirected =
  /** The token has no callback here: the call goes to GeWe. */
  | { readonly kind: 'no-callback' }
  /** It is that of the token's callback here: the call goes to GeWe, and `noteRegistered` follows when GeWe accepts it. */
  | { readonly kind: 'own-url'; readonly url: string }
  | { readonly kind: 'kept' }
  /** What is wrong with it. `why`: for the caller to read. */
  | { readonly kind: 'invalid'; readonly pointer: '/token' | '/callbackUrl'; readonly why: string };

/** Where callbacks are received. */
export interface CallbackHost {
  /** What a callback's URL begins with: the id is put behind it. */
  readonly urlBase: string;
  /** Host names of this service, which nothing is forwarded to. */
  readonly ownHosts: readonly string[];
}
