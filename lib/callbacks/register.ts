import type { GeweAccount, Ports } from '../device/ports.ts';
import { type Cell, update } from '../device/update-record.ts';
import { type CallbackOwner, callbackIdOf, idHashOf } from './callback-id.ts';
import type { CallbackRecord, CallbackStore, TargetCheck } from './ports.ts';
import {
  type CallbackChange,
  changeCallback,
  hasSameUrl,
  markRegistered,
  newCallback,
  restoreCallback,
  type StoredCallback,
} from './registration-rules.ts';

export interface CallbackPorts extends Pick<Ports, 'tokens' | 'account' | 'clock'> {
  readonly callbacks: CallbackStore;
  readonly targets: TargetCheck;
  /** 16 random bytes. */
  readonly newSalt: () => Uint8Array;
}

/** What a caller asks for. */
export interface CallbackInput extends CallbackChange {
  /** Its URL is to be registered at GeWe. */
  readonly register: boolean;
  /** What the URL begins with: the id is put behind it. */
  readonly urlBase: string;
}

/** A callback as its owner sees it: only the token makes the id. */
export interface OwnCallback {
  readonly id: string;
  readonly record: CallbackRecord;
}

export type UpsertCallbackResult =
  | { readonly kind: 'stored'; readonly created: boolean; readonly callback: OwnCallback }
  /** `why`: for the caller to read. */
  | { readonly kind: 'target-rejected'; readonly why: string }
  /** GeWe does not accept the token, did not say so, or did not take the URL. What was stored before still holds. */
  | {
      readonly kind: 'rejected';
      readonly why: 'token-rejected' | 'token-unverified' | 'callback-not-registered';
    };

/** An app id that does not exist: asked about it, GeWe says whether it accepts the token. */
const probeAppId = 'wx_gewe_contacts';

/**
 * Takes the callbacks of a token that GeWe accepts. Calling again is harmless, and the id stays.
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
  if (checked && !checked.ok) return { kind: 'target-rejected', why: checked.why };
  // Before anything is stored: what is there for a moment can stay, when callers overlap or one of them dies.
  const rejection = await checkToken(owner, ports, signal);
  if (rejection) return { kind: 'rejected', why: rejection };
  const stored = await store(owner, input, ports);
  const { record, before } = stored;
  const id = callbackIdOf(owner.callbackKey, owner.token, record.salt);
  const result = (now: CallbackRecord): UpsertCallbackResult => {
    return { kind: 'stored', created: before === undefined, callback: { id, record: now } };
  };
  if (!input.register) return result(record);
  let answer: Awaited<ReturnType<GeweAccount['setCallback']>>;
  try {
    // GeWe calls the URL meanwhile to try it, so it has to hold by now.
    answer = await ports.account.setCallback(owner.token, `${input.urlBase}${id}`, signal);
  } catch (error) {
    await restore(owner, stored, ports);
    throw error;
  }
  if (answer.kind === 'failure') {
    await restore(owner, stored, ports);
    const why = answer.class === 'token-rejected' ? answer.class : 'callback-not-registered';
    return { kind: 'rejected', why };
  }
  return result((await updateCallback(owner, ports, (now) => markRegistered(now, record))) ?? record);
}

/** Why a token is rejected; undefined when GeWe accepts it. */
async function checkToken(
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

/** Stores what the caller asked for, over whatever there is. */
async function store(
  owner: CallbackOwner,
  input: CallbackInput,
  ports: CallbackPorts,
): Promise<StoredCallback> {
  const salt = ports.newSalt();
  const idHash = idHashOf(callbackIdOf(owner.callbackKey, owner.token, salt));
  const created = newCallback({ tokenKey: owner.tokenKey, salt, idHash }, ports.clock.now());
  let before: CallbackRecord | undefined;
  const stored = await updateCallback(owner, ports, (now) => {
    // One with this salt was stored by an earlier try, whose answer was lost.
    before = now && hasSameUrl(now, created) ? undefined : now;
    return changeCallback(now ?? created, input);
  });
  return { record: stored ?? created, ...(before && { before }) };
}

/**
 * Changes the callback of a token by a rule (optimistic concurrency), and counts its `rev`; undefined when nothing is to change.
 * Throws `StoreUnavailable`.
 */
export async function updateCallback(
  { callbackKey }: Pick<CallbackOwner, 'callbackKey'>,
  { callbacks, clock }: Pick<CallbackPorts, 'callbacks' | 'clock'>,
  rule: (now: CallbackRecord | undefined) => CallbackRecord | undefined,
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

/** Undoes what was stored, unless somebody has changed it since. */
async function restore(
  owner: CallbackOwner,
  { record, before }: StoredCallback,
  ports: CallbackPorts,
): Promise<void> {
  if (before === undefined) await ports.callbacks.delete(owner.callbackKey, record.rev);
  else await updateCallback(owner, ports, (now) => restoreCallback(now, record, before));
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
