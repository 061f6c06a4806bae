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
  const members = membersOf(text);
  return 'd' in members ? undefined : publicJwkOf(members);
}

/** The keys of `{"keys": [private JWKs]}`, the first one the current one; undefined when it is anything else. */
export function parseKeyring(text: string): readonly PrivateJwk[] | undefined {
  const { keys } = membersOf(text);
  const found = Array.isArray(keys) ? keys.map((key) => privateJwkOf(objectOf(key))) : [];
  const known = found.filter((key) => key !== undefined);
  return known.length > 0 && known.length === found.length ? known : undefined;
}

function privateJwkOf(members: Members): PrivateJwk | undefined {
  const half = publicJwkOf(members);
  return half && isText(members.d) ? { ...half, d: members.d } : undefined;
}

function publicJwkOf({ kty, crv, x, y, kid }: Members): PublicJwk | undefined {
  if (kty !== 'EC' || crv !== sealingCurve) return undefined;
  return isText(x) && isText(y) && isText(kid) ? { kty, crv, x, y, kid } : undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** The members of a JSON object; none when the text is something else. */
export function membersOf(text: string): Members {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // The parser's own error would quote what it read.
    return {};
  }
}

function objectOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
