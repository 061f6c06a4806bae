import { callbackIdOf, callbackKeyOf } from '../domain/callback-id.ts';
import type { CallbackStore, TargetCheck } from '../domain/callback-ports.ts';
import { tokenKeyOf } from '../domain/keys.ts';
import type { CallbackHost, CallbackSetting, Redirected } from '../domain/passed-call.ts';
import type { Clock } from '../domain/ports.ts';
import { changeCallback } from './keep-callback.ts';

export interface RedirectPorts {
  readonly callbacks: CallbackStore;
  readonly targets: TargetCheck;
  readonly clock: Clock;
}

/** As in `openapi.yaml` (ForwardTarget). */
const maxTargetLength = 2_048;

/**
 * Somebody wants to tell GeWe another callback URL of a token: where the token has a callback here, GeWe goes on calling this
 * service, and that URL is forwarded to. The service's own URL, given back, changes nothing. Throws `StoreUnavailable`.
 */
export async function redirectCallback(
  token: string,
  setting: CallbackSetting,
  { urlBase, ownHosts }: CallbackHost,
  ports: RedirectPorts,
): Promise<Redirected> {
  const callbackKey = callbackKeyOf(tokenKeyOf(token));
  const record = await ports.callbacks.load(callbackKey);
  if (record === undefined) return { kind: 'no-callback' };
  if (setting.token !== token) {
    return { kind: 'refused', pointer: '/token', why: 'must be the token of the header X-GEWE-TOKEN' };
  }
  const url = setting.callbackUrl ?? '';
  if (url === `${urlBase}${callbackIdOf(callbackKey, token, record.salt)}`) return { kind: 'kept' };
  if (url.length > maxTargetLength) {
    return {
      kind: 'refused',
      pointer: '/callbackUrl',
      why: `must have at most ${maxTargetLength} characters`,
    };
  }
  const checked = await ports.targets.check(url, ownHosts);
  if (!checked.ok) return { kind: 'refused', pointer: '/callbackUrl', why: checked.why };
  let isThere = true;
  await changeCallback(token, ports, (now) => {
    isThere = now !== undefined;
    return now && now.forwardTo !== url && { ...now, forwardTo: url, ownHosts };
  });
  // It may have been deleted meanwhile.
  return isThere ? { kind: 'kept' } : { kind: 'no-callback' };
}
