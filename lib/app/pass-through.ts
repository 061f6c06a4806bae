import type {
  CallbackHost,
  CallReader,
  NotPassed,
  PassEffects,
  PassedAnswer,
  PassedCall,
  Passer,
  Redirected,
} from '../domain/passed-call.ts';
import type { Clock } from '../domain/ports.ts';

export interface PassPorts {
  readonly upstream: Passer;
  readonly reader: CallReader;
  /** Loads them; asked only when there is something to be done. */
  readonly effects: () => Promise<PassEffects>;
  readonly clock: Clock;
  /** Told of a call that was not passed, or whose answer was not passed back. */
  readonly onNotPassed: (call: PassedCall, failure: NotPassed) => void;
  /** Told what kept a refresh from being asked for. */
  readonly onLostEffect: (error: unknown) => void;
}

/** What becomes of a call. */
export type Passed =
  | PassedAnswer
  | NotPassed
  /** GeWe was not called: the URL has become the target of the token's callback here. */
  | { readonly kind: 'redirected' }
  /** GeWe was not called. `why`: for the caller to read. */
  | { readonly kind: 'refused'; readonly pointer: '/token' | '/callbackUrl'; readonly why: string };

/** From the call to its end: a second less than a function has, and two less than the gateway waits. */
export const passTimeoutMs = 27_000;
/** So long an answer waits for a refresh to be asked for. */
const effectWithinMs = 300;

/**
 * Passes a call to GeWe and its answer back. A call that sets the callback URL of a token that has a callback here goes no
 * further: GeWe goes on calling this service, and the URL is forwarded to. A call that changed contacts asks for a refresh, if that can be
 * done soon; it never changes the answer. Throws `StoreUnavailable`, for a callback's URL alone.
 */
export async function passThrough(
  call: PassedCall,
  hostOf: () => CallbackHost,
  ports: PassPorts,
  signal: AbortSignal,
): Promise<Passed> {
  const untilMs = ports.clock.now() + passTimeoutMs;
  const setting = ports.reader.callbackSettingOf(call);
  if (setting !== undefined) {
    // Else the callback of one token could be taken away by the bearer of another.
    if (setting.token !== undefined && setting.token !== call.token) {
      return { kind: 'refused', pointer: '/token', why: 'must be the token of the header X-GEWE-TOKEN' };
    }
    const redirected = await (await ports.effects()).redirect(call.token, setting, hostOf());
    if (redirected.kind !== 'no-callback') return ended(redirected);
  }
  const answer = await ports.upstream.pass(call, untilMs, signal);
  if (answer.kind === 'failure') {
    ports.onNotPassed(call, answer);
    return answer;
  }
  const appId = ports.reader.deviceChangedBy(call, answer);
  if (appId !== undefined) await wantSoon({ token: call.token, appId }, ports);
  return answer;
}

function ended(redirected: Exclude<Redirected, { kind: 'no-callback' }>): Passed {
  if (redirected.kind === 'kept') return { kind: 'redirected' };
  return { kind: 'refused', pointer: redirected.pointer, why: redirected.why };
}

/** What is not done in time goes on, as long as the function is not frozen. */
async function wantSoon(
  secret: { readonly token: string; readonly appId: string },
  { effects, clock, onLostEffect }: PassPorts,
): Promise<void> {
  const waited = new AbortController();
  const wanted = effects()
    .then((loaded) => loaded.wantRefresh(secret))
    .catch(onLostEffect)
    .finally(() => waited.abort());
  await Promise.race([wanted, clock.sleep(effectWithinMs, waited.signal)]);
}
