import type { Clock } from '../device/ports.ts';
import type { KeyOf } from './jwe.ts';
import { keyringForm, type PrivateJwk, parseKeyring } from './jwk.ts';

/** The private keys could not be loaded: trying again later can help. Tells nothing of what was loaded. */
export class KeyringUnavailable extends Error {
  override readonly name = 'KeyringUnavailable';
}

/** Finds private keys by their `kid`, and knows the current one. */
export interface Keyring extends KeyOf {
  /** The first of the keyring. Throws `KeyringUnavailable`. */
  current(): Promise<PrivateJwk>;
}

/** A keyring that is there already (`SEALING_KEYRING`). Throws `KeyringUnavailable` when it is empty. */
export function keyringOf(keys: readonly PrivateJwk[]): Keyring {
  const keyOf: KeyOf = async (kid) => keys.find((key) => key.kid === kid);
  return Object.assign(keyOf, { current: async () => firstOf(keys) });
}

function firstOf([first]: readonly PrivateJwk[] = []): PrivateJwk {
  if (first === undefined) throw new KeyringUnavailable('the keyring is empty');
  return first;
}

/** A retired key is forgotten, and a new one used, this long after at most. */
const cachedMs = 5 * 60_000;

/**
 * A keyring loaded when it is first asked for, again when it is older than five minutes, and whenever a key is
 * unknown: it may have been added since. A known key is still found while loading fails.
 * Throws `KeyringUnavailable` when a key is unknown and the keyring cannot be loaded.
 */
export function cachedKeyring(load: () => Promise<string>, clock: Pick<Clock, 'now'>): Keyring {
  let cached: { readonly keys: readonly PrivateJwk[]; readonly atMs: number } | undefined;
  let loading: Promise<void> | undefined;
  const reload = async () => {
    const keys = parseKeyring(await loaded(load));
    if (keys === undefined) throw new KeyringUnavailable(`the keyring is not ${keyringForm}`);
    cached = { keys, atMs: clock.now() };
  };
  const isFresh = () => cached !== undefined && clock.now() - cached.atMs < cachedMs;
  const loadOnce = () => {
    loading ??= reload().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const keyOf: KeyOf = async (kid) => {
    const known = cached?.keys.find((key) => key.kid === kid);
    if (known && isFresh()) return known;
    try {
      await loadOnce();
    } catch (error) {
      if (known) return known;
      throw error;
    }
    return cached?.keys.find((key) => key.kid === kid);
  };
  return Object.assign(keyOf, {
    current: async () => {
      if (!isFresh()) await loadOnce();
      return firstOf(cached?.keys);
    },
  });
}

async function loaded(load: () => Promise<string>): Promise<string> {
  try {
    return await load();
  } catch (cause) {
    throw new KeyringUnavailable('the keyring could not be loaded', { cause });
  }
}
