import { createHash } from 'node:crypto';

/** An item holds 400 KB (DynamoDB); this leaves room for the keys and the other attributes of a part. */
export const maxPartBytes = 380 * 1024;

/** Names the bytes of one part: base64url SHA-256, cut to 22 characters (132 bits), to keep the record small. */
export function partDigestOf(part: Uint8Array): string {
  return createHash('sha256').update(part).digest('base64url').slice(0, 22);
}

/** The bytes in pieces of at most `maxBytes`, in order; one empty piece when there are none. The bytes are shared, not copied. */
export function splitIntoParts(bytes: Uint8Array, maxBytes: number = maxPartBytes): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.byteLength / maxBytes));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * maxBytes, (index + 1) * maxBytes),
  );
}
