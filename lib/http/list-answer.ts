import { gunzipSync } from 'node:zlib';
import type { SnapshotRef } from '../device/record.ts';
import type { Answer } from './answer.ts';
import { acceptsGzip, entityTagOf } from './conditional.ts';

/** How the list came to be served (RFC 9211): from what is stored, or after a refresh begun or joined for it. */
export type CacheUse = 'hit' | 'fwd=request; stored' | 'fwd=request; stored; collapsed';

/** The headers that tell a list's name and age; a 304 carries the same. */
export function listHeaders(snapshot: SnapshotRef, nowMs: number, use: CacheUse): Record<string, string> {
  return {
    ETag: entityTagOf(snapshot.digest),
    'Last-Modified': new Date(snapshot.changedAtMs).toUTCString(),
    Age: String(Math.max(0, Math.floor((nowMs - snapshot.asOfMs) / 1000))),
    'Cache-Status': `gewe-contacts; ${use}`,
    'Cache-Control': 'private, no-cache',
    Vary: 'Accept-Encoding, X-GEWE-TOKEN',
  };
}

/** The stored bytes, passed through to who takes gzip and decoded for all others. */
export function listAnswer(
  list: { readonly snapshot: SnapshotRef; readonly gzip: Uint8Array },
  acceptEncoding: string | undefined,
  nowMs: number,
  use: CacheUse,
  extraHeaders: Readonly<Record<string, string>> = {},
): Answer {
  const headers = {
    'Content-Type': 'application/json',
    ...listHeaders(list.snapshot, nowMs, use),
    ...extraHeaders,
  };
  if (!acceptsGzip(acceptEncoding)) {
    return { statusCode: 200, headers, body: gunzipSync(list.gzip).toString('latin1') };
  }
  return {
    statusCode: 200,
    headers: { ...headers, 'Content-Encoding': 'gzip' },
    body: Buffer.from(list.gzip).toString('base64'),
    isBase64Encoded: true,
  };
}
