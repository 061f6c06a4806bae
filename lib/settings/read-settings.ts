import type { Policy } from '../device/policy.ts';
import type { Setting } from './setting-kinds.ts';
import { userSettings } from './user-settings.ts';
import { wiringSettings } from './wiring-settings.ts';

/** The settings are wrong: one line that names every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads one setting at a time; faults are collected, and reported together at the end. */
export interface SettingsReader {
  /** The value, or its default. Not being set is a fault where there is none. */
  <T>(setting: Setting<T>): T;
  /** The value, or its default, or undefined. */
  optional<T>(setting: Setting<T>): T | undefined;
  /** Notes a fault that lies between settings. */
  fault(fault: string): void;
}

/**
 * Reads the environment once, as far as `make` asks. Throws `ConfigError` that names every faulty variable, what
 * is wrong with it, and what is allowed. An empty variable counts as not set.
 */
export function readConfig<Config>(env: Env, make: (read: SettingsReader) => Config): Config {
  const faults = new Set<string>();
  const optional = <T>(setting: Setting<T>): T | undefined => {
    const text = textOf(env, setting);
    if (text === undefined) return undefined;
    const value = setting.parse(text);
    if (value === undefined) faults.add(faultOf(setting, text));
    return value ?? setting.placeholder;
  };
  const required = <T>(setting: Setting<T>): T => {
    const isSet = textOf(env, setting) !== undefined;
    if (!isSet) faults.add(`${setting.name} is not set: expected ${setting.allowed}`);
    return optional(setting) ?? setting.placeholder;
  };
  const config = make(
    Object.assign(required, { optional, fault: (fault: string) => void faults.add(fault) }),
  );
  if (faults.size > 0) throw new ConfigError(`Wrong settings: ${[...faults].join('; ')}`);
  return config;
}

function textOf<T>(env: Env, { name, fallback, emptyCounts }: Setting<T>): string | undefined {
  const text = env[name]?.trim();
  return text === undefined || (text === '' && !emptyCounts) ? fallback : text;
}

function faultOf<T>({ name, secret, allowed }: Setting<T>, text: string): string {
  // Quoted as JSON, it stays on one line.
  const shown = secret ? 'is set to something else' : `is ${JSON.stringify(text.slice(0, 40))}`;
  return `${name} ${shown}: expected ${allowed}`;
}

/** Everything that the rules of a refresh depend on. */
export function policyFrom(read: SettingsReader): Policy {
  return {
    listTimeoutMs: read(userSettings.listTimeout),
    cachePollMs: read(userSettings.cachePoll),
    cacheWindowMs: read(userSettings.cacheWindow),
    minRefreshIntervalMs: read(userSettings.minRefreshInterval),
    failureCooldownMs: read(userSettings.failureCooldown),
    retryDelaysMs: read(userSettings.retryDelays),
    leaseMs: read(userSettings.lease),
    changeDebounceMs: read(userSettings.changeDebounce),
  };
}

/** Where private keys come from: a text in the environment (one machine), or a secret (AWS). */
export function keyringSourceFrom(read: SettingsReader) {
  const keys = read.optional(wiringSettings.sealingKeyring);
  if (keys !== undefined) return { keys };
  const secretId = read.optional(wiringSettings.sealingKeyringSecretId);
  if (secretId === undefined) {
    read.fault(
      `neither ${wiringSettings.sealingKeyring.name} nor ${wiringSettings.sealingKeyringSecretId.name} is set`,
    );
  }
  return { secretId: secretId ?? '' };
}

/** What every HTTP function needs to know of its callers. */
export function callersFrom(read: SettingsReader) {
  return { allowedTokenHashes: read(userSettings.allowedTokenHashes) };
}

/** All that a user sets. The URLs may be absent. */
export function userSettingsFrom(read: SettingsReader) {
  return {
    port: read(userSettings.port),
    geweBaseUrl: read.optional(userSettings.geweBaseUrl),
    policy: policyFrom(read),
    defaultWaitMs: read(userSettings.defaultWait),
    ...callersFrom(read),
    publicBaseUrl: read.optional(userSettings.publicBaseUrl),
    logLevel: read(userSettings.logLevel),
  };
}

/** The same, checked before anything is started. Throws `ConfigError`. */
export function readUserSettings(env: Env) {
  return readConfig(env, userSettingsFrom);
}
