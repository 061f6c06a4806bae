import type { AcceptedTokens, Clock, GeweAccount } from '../device/ports.ts';
import { type Cell, update } from '../device/update-record.ts';
import { type CallbackOwner, callbackIdOf, idHashOf } from './callback-id.ts';
import type { CallbackRecord, CallbackStore, TargetCheck } from './ports.ts';

export interface CallbackPorts {
  readonly callbacks: CallbackStore;
  readonly tokens: AcceptedTokens;
  readonly account: GeweAccount;
  readonly targets: TargetCheck;
  readonly clock: Clock;
  /** 16 random bytes. */
  readonly newSalt: () => Uint8Array;
}

/** What a caller asks for. */
export interface CallbackInput {
  /** Its URL is to be registered at GeWe. */
  readonly register: boolean;
  readonly forwardTo?: string;
  /** What the URL begins with: the id is put behind it. */
  readonly urlBase: string;
  /** Host names of this service, which nothing is forwarded to. */
  readonly ownHosts: readonly string[];
}

/** A callback as its owner sees it: only the token makes the id. */
export interface OwnCallback {
  readonly id: string;
  readonly record: CallbackRecord;
}

export type UpsertCallbackResult =
  | { readonly kind: 'put'; readonly created: boolean; readonly callback: OwnCallback }
  /** `why`: for the caller to read. */
  | { readonly kind: 'target-refused'; readonly why: string }
  /** GeWe does not accept the token, did not say so, or did not take the URL. What was put before still holds. */
  | {
      readonly kind: 'rejected';
      readonly why: 'token-rejected' | 'token-unverified' | 'callback-not-registered';
    };

/** An app id that does not exist: asked about it, GeWe says whether it accepts the token. */
const probeAppId = 'wx_gewe_contacts';

/**
 * Takes the callbacks of a token that GeWe accepts. Putting the same again is harmless, and the id stays.
 * Throws `StoreUnavailable`; calling again goes on.
 */
export async function upsertCallback(
  owner: CallbackOwner,
  input: CallbackInput,
  ports: CallbackPorts,
  signal: AbortSignal,
): Promise<UpsertCallbackResult> {
  const { forwardTo, ownHosts } = input;
  const checked = forwardTo === undefined ? undefined : await ports.targets.check(forwardTo, ownHosts);
  if (checked && !checked.ok) return { kind: 'target-refused', why: checked.why };
  // Before anything is stored: what is there for a moment can stay, when callers overlap or one of them dies.
  const refusal = await refusalOf(owner, ports, signal);
  if (refusal) return { kind: 'rejected', why: refusal };
  const stored = await store(owner, input, ports);
  if (!input.register) return putOf(stored);
  const { id } = stored;
  let answer: Awaited<ReturnType<GeweAccount['setCallback']>>;
  try {
    // GeWe tries the URL out meanwhile, so it has to hold by now.
    answer = await ports.account.setCallback(owner.token, `${input.urlBase}${id}`, signal);
  } catch (error) {
    await putBack(owner, stored, ports);
    throw error;
  }
  if (answer.kind === 'failure') {
    await putBack(owner, stored, ports);
    const why = answer.class === 'token-rejected' ? answer.class : 'callback-not-registered';
    return { kind: 'rejected', why };
  }
  const registered = await updateCallback(
    owner,
    ports,
    (now) => now && isSame(now, stored) && { ...now, registered: true },
  );
  return putOf({ ...stored, ...(registered && { record: registered }) });
}

/** Why a token is not taken; undefined when GeWe accepts it. */
async function refusalOf(
  { token, tokenKey }: CallbackOwner,
  { tokens, account }: CallbackPorts,
  signal: AbortSignal,
) {
  if (await tokens.has(tokenKey)) return undefined;
  const answer = await account.checkOnline({ token, appId: probeAppId }, signal);
  const isAccepted =
    answer.kind === 'success' || answer.class === 'device-unknown' || answer.class === 'device-offline';
  if (!isAccepted) return answer.class === 'token-rejected' ? answer.class : 'token-unverified';
  await tokens.note(tokenKey);
  return undefined;
}

interface Stored {
  readonly id: string;
  readonly record: CallbackRecord;
  /** What stood there before; absent when nothing did. */
  readonly before?: CallbackRecord;
}

function putOf({ id, record, before }: Stored): UpsertCallbackResult {
  return { kind: 'put', created: before === undefined, callback: { id, record } };
}

/** Whether it is still the callback of the same URL. */
function isSame({ salt }: CallbackRecord, stored: Stored): boolean {
  return Buffer.from(salt).equals(stored.record.salt);
}

/** Stores what is wished for, over whatever there is. */
async function store(owner: CallbackOwner, input: CallbackInput, ports: CallbackPorts): Promise<Stored> {
  const { forwardTo, ownHosts } = input;
  const { token, tokenKey, callbackKey } = owner;
  const salt = ports.newSalt();
  const fresh: CallbackRecord = {
    rev: 0,
    tokenKey,
    salt,
    idHash: idHashOf(callbackIdOf(callbackKey, token, salt)),
    registered: false,
    createdAtMs: ports.clock.now(),
    ownHosts,
  };
  let before: CallbackRecord | undefined;
  const stored = await updateCallback(owner, ports, (now) => {
    // One with this salt is my own, of an earlier try whose answer was lost.
    before = now && Buffer.from(now.salt).equals(salt) ? undefined : now;
    const { forwardTo: _earlier, ...rest } = now ?? fresh;
    return { ...rest, ownHosts, ...(forwardTo !== undefined && { forwardTo }) };
  });
  const record = stored ?? fresh;
  const id = callbackIdOf(callbackKey, token, record.salt);
  return { id, record, ...(before && { before }) };
}

/**
 * Changes the callback of a token by a rule (optimistic concurrency), and counts its `rev`; undefined when nothing is to change.
 * Throws `StoreUnavailable`.
 */
export async function updateCallback(
  { callbackKey }: Pick<CallbackOwner, 'callbackKey'>,
  { callbacks, clock }: Pick<CallbackPorts, 'callbacks' | 'clock'>,
  rule: (now: CallbackRecord | undefined) => CallbackRecord | false | undefined,
): Promise<CallbackRecord | undefined> {
  const cell: Cell<CallbackRecord> = {
    load: () => callbacks.load(callbackKey),
    store: (next, before) => callbacks.compareAndSet(callbackKey, before, next),
  };
  const { decided } = await update(cell, clock, (now) => {
    const next = rule(now);
    return next ? { next: { ...next, rev: (now?.rev ?? 0) + 1 } } : {};
  });
  return decided.next;
}

/** Undoes what was stored, unless somebody has put something else since. */
async function putBack(
  owner: CallbackOwner,
  { record, before }: Stored,
  ports: CallbackPorts,
): Promise<void> {
  if (before === undefined) {
    await ports.callbacks.delete(owner.callbackKey, record.rev);
    return;
  }
  await updateCallback(owner, ports, (now) => {
    if (now?.rev !== record.rev) return undefined;
    const { lastReceivedAtMs } = now;
    return { ...before, ...(lastReceivedAtMs !== undefined && { lastReceivedAtMs }) };
  });
}

/** The callback of a token, with its id. Throws `StoreUnavailable`. */
export async function readCallback(
  { token, callbackKey }: CallbackOwner,
  { callbacks }: Pick<CallbackPorts, 'callbacks'>,
): Promise<OwnCallback | undefined> {
  const record = await callbacks.load(callbackKey);
  return record && { id: callbackIdOf(callbackKey, token, record.salt), record };
}

/** From then on its URL is unknown here. Throws `StoreUnavailable`. */
export async function deleteCallback(
  { callbackKey }: Pick<CallbackOwner, 'callbackKey'>,
  { callbacks }: Pick<CallbackPorts, 'callbacks'>,
): Promise<void> {
  await callbacks.delete(callbackKey);
}
