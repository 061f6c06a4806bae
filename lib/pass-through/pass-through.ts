import type { CallbackHost, Redirected } from '../callbacks/redirect.ts';
import type { Clock } from '../device/ports.ts';
import type { CallReader, NotPassed, PassEffects, PassedAnswer, PassedCall, Passer } from './call.ts';

export interface PassPorts {
  readonly upstream: Passer;
  readonly reader: CallReader;
  /** Loads them; asked only when there is something to be done. */
  readonly effects: () => Promise<PassEffects>;
  readonly clock: Clock;
  /** Called for a call that was not passed, or whose answer was not passed back. */
  readonly onNotPassed: (call: PassedCall, failure: NotPassed) => void;
  /** Called when the follow-up of an answered call fails. */
  readonly onLostEffect: (error: unknown) => void;
}

/** What becomes of a call. */
export type Passed =
  | PassedAnswer
  | NotPassed
  /** GeWe was not called: the URL has become the target of the token's callback here. */
  | { readonly kind: 'redirected' }
  /** GeWe was not called. `why`: for the caller to read. */
  | { readonly kind: 'invalid'; readonly pointer: '/token' | '/callbackUrl'; readonly why: string };

/** From the call to its end: a second less than a function has, and two less than the gateway waits. */
export const passTimeoutMs = 27_000;
/** So long an answer waits for what the call leads to. */
const effectWithinMs = 300;

/**
 * Passes a call to GeWe and its answer back. A call that sets the callback URL of a token that has a callback here goes no
 * further: GeWe goes on calling this service, and the URL becomes the forwarding target. The service's own URL does: it is registered
 * when GeWe takes it. A call that changed contacts asks for a refresh. Both if they can be done soon; neither changes the answer.
 * Throws `StoreUnavailable`, for a callback's URL alone.
 */
export async function passThrough(
  call: PassedCall,
  hostOf: () => CallbackHost,
  ports: PassPorts,
  signal: AbortSignal,
): Promise<Passed> {
  const untilMs = ports.clock.now() + passTimeoutMs;
  const setting = ports.reader.callbackSettingOf(call);
  const redirected = setting && (await (await ports.effects()).redirect(call.token, setting, hostOf()));
  if (redirected?.kind === 'kept' || redirected?.kind === 'invalid') return ended(redirected);
  const passing = ports.upstream.pass(call, untilMs, signal);
  const appId = ports.reader.deviceToChange(call);
  // Loaded while GeWe answers: a function that has just started would need all of the time that is left after that.
  const loading = appId === undefined ? undefined : ports.effects();
  loading?.catch(() => undefined);
  const answer = await passing;
  if (answer.kind === 'failure') {
    ports.onNotPassed(call, answer);
    return answer;
  }
  const { token } = call;
  // What an answer says is read for these calls alone.
  if (redirected?.kind === 'own-url' && ports.reader.saysSuccess(answer)) {
    const { url } = redirected;
    await soon(ports.effects(), (effects) => effects.noteRegistered(token, url, hostOf()), ports);
  }
  if (appId !== undefined && loading !== undefined && ports.reader.saysSuccess(answer)) {
    await soon(loading, (effects) => effects.requestRerun({ token, appId }), ports);
  }
  return answer;
}

function ended(redirected: Extract<Redirected, { kind: 'kept' | 'invalid' }>): Passed {
  if (redirected.kind === 'kept') return { kind: 'redirected' };
  return { kind: 'invalid', pointer: redirected.pointer, why: redirected.why };
}

/** What is not done in time goes on, as long as the function is not frozen. */
async function soon(
  loading: Promise<PassEffects>,
  act: (effects: PassEffects) => Promise<void>,
  { clock, onLostEffect }: PassPorts,
): Promise<void> {
  const waited = new AbortController();
  const acted = loading
    .then(act)
    .catch(onLostEffect)
    .finally(() => waited.abort());
  await Promise.race([acted, clock.sleep(effectWithinMs, waited.signal)]);
}
