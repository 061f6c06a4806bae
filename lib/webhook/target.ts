import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { TargetCheck } from '../callbacks/ports.ts';
import { isLoopback, isPublic } from './addresses.ts';

/** All addresses of a name. Rejects, or gives none, when it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface TargetRules {
  /** 127.0.0.0/8 and ::1 are allowed besides: for trying things out on one machine. */
  readonly allowLoopback: boolean;
  /** The machine's own way unless a test says otherwise. */
  readonly resolve?: Resolve;
}

/** Where a request to the URL would go, all of it checked. */
export interface Aim {
  readonly kind: 'aim';
  readonly url: URL;
  /** The name or the address, without brackets and without a dot at its end. */
  readonly host: string;
  /** One at least. Only these may be connected to. */
  readonly addresses: readonly string[];
}

type Blocked = { readonly kind: 'blocked'; readonly why: string };
type Unresolved = { readonly kind: 'unresolved'; readonly why: string };

/** The check of an URL when it is set. */
export function createTargetCheck(rules: TargetRules): TargetCheck {
  return {
    async check(url, ownHosts) {
      const aim = await aimAt(url, ownHosts, rules);
      return aim.kind === 'aim' ? { ok: true } : { ok: false, why: aim.why };
    },
  };
}

/**
 * Finds out where a request to the URL would go. Blocked are all but http and https, credentials, this service's own
 * hosts, and a host of which any address is not public. A fragment is never sent, and of no matter.
 */
export async function aimAt(
  text: string,
  ownHosts: readonly string[],
  { allowLoopback, resolve = systemResolve }: TargetRules,
): Promise<Aim | Blocked | Unresolved> {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return blocked('must be an http or https URL');
  if (url.username !== '' || url.password !== '') return blocked('must not hold a user name or a password');
  // The parser has made one form of all spellings of an address, such as 0x7f.1.
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (isOwn(url, host, addresses, ownHosts)) return blocked('must not be this service itself');
  if (addresses.length === 0) return { kind: 'unresolved', why: 'has a host name that does not resolve' };
  const allowed = (address: string) => isPublic(address) || (allowLoopback && isLoopback(address));
  return addresses.every(allowed)
    ? { kind: 'aim', url, host, addresses }
    : blocked('must have a host of which every address is public');
}

function blocked(why: string): Blocked {
  return { kind: 'blocked', why };
}

/** Its own name at any port; its own name and port where the port is said; loopback has many names. */
function isOwn(
  { protocol, port }: URL,
  host: string,
  addresses: readonly string[],
  ownHosts: readonly string[],
): boolean {
  const targetPort = port || (protocol === 'https:' ? '443' : '80');
  return ownHosts.some((own) => {
    const ownName = URL.parse(`http://${own}`)?.hostname.replace(/^\[|\]$|\.$/g, '');
    const ownPort = /:(\d+)$/.exec(own)?.[1] ?? targetPort;
    if (ownName === undefined || ownPort !== targetPort) return false;
    const isLocal = ownName === 'localhost' || isLoopback(ownName);
    return ownName === host || (isLocal && addresses.some(isLoopback));
  });
}

/** A resolver that does not answer holds up nobody for longer. */
const resolveTimeoutMs = 5_000;

async function systemResolve(name: string): Promise<readonly string[]> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer of the resolver')), resolveTimeoutMs);
  try {
    const found = await Promise.race([lookup(name, { all: true }), timedOut]);
    return found.map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
}
