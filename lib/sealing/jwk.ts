/** The curve of the sealing keys. */
export const sealingCurve = 'P-256';

/** A public key to seal with (RFC 7517, RFC 7518 section 6.2.1). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: typeof sealingCurve;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
}

/** A private key to open with. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

/** What a keyring's text looks like. */
export const keyringForm = '{"keys": [private P-256 JWKs with a kid]}';

/** The public JWK of a JSON text; undefined when it is none with a `kid`, or is a private one: that must not be here. */
export function parsePublicJwk(text: string): PublicJwk | undefined {
  const json = parseJson(text);
  return isMembers(json) && !('d' in json) ? publicJwkOf(json) : undefined;
}

/** The keys of `{"keys": [private JWKs]}`, the first one the current one; undefined when it is anything else. */
export function parseKeyring(text: string): readonly PrivateJwk[] | undefined {
  const json = parseJson(text);
  if (!isMembers(json) || !Array.isArray(json.keys) || json.keys.length === 0) return undefined;
  const keys: PrivateJwk[] = [];
  for (const key of json.keys) {
    const half = isMembers(key) ? publicJwkOf(key) : undefined;
    if (half === undefined || !isMembers(key) || !isText(key.d)) return undefined;
    keys.push({ ...half, d: key.d });
  }
  return keys;
}

function publicJwkOf({ kty, crv, x, y, kid }: Members): PublicJwk | undefined {
  if (kty !== 'EC' || crv !== sealingCurve) return undefined;
  return isText(x) && isText(y) && isText(kid) ? { kty, crv, x, y, kid } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Members = Record<string, unknown>;

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
