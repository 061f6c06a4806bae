import { gunzipSync } from 'node:zlib';
import type { NothingStoredEnvelope } from '../contract/types.generated.ts';
import type { EpochMs, SnapshotRef } from '../device/record.ts';
import type { StoredContacts } from '../refresh/read.ts';
import { type Answer, faultAnswer, json } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** How the list came to be served (RFC 9211): from what is stored, or after a refresh begun or joined for it. */
export type CacheUse = 'hit' | 'fwd=request; stored' | 'fwd=request; stored; collapsed';

/** Whether the caller already has the list of this digest, and says so: `If-None-Match`, of the REST API alone. */
export function hasList(request: HttpRequest, digest: string): boolean {
  return request.surface === 'rest' && namesDigest(request.header('if-none-match'), digest);
}

/** What is stored, in the words of the API that was called. */
export function storedListAnswer(stored: StoredContacts, request: HttpRequest, nowMs: EpochMs): Answer {
  switch (stored.kind) {
    case 'list':
      return listAnswer(stored, request.header('accept-encoding'), nowMs, 'hit');
    case 'known':
      return { status: 304, headers: listHeaders(stored.snapshot, nowMs, 'hit') };
    case 'nothing':
      return request.surface === 'gewe'
        ? json<NothingStoredEnvelope>(200, { ret: 200, msg: '操作成功' })
        : faultAnswer(new Fault('nothing-stored'), 'rest', {}, { start: 'contacts/refreshes' });
  }
}

/** The headers that tell a list's name and age; a 304 carries the same. */
function listHeaders(snapshot: SnapshotRef, nowMs: EpochMs, use: CacheUse): Record<string, string> {
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
  nowMs: EpochMs,
  use: CacheUse,
  extraHeaders: Readonly<Record<string, string>> = {},
): Answer {
  const headers = {
    'Content-Type': 'application/json',
    ...listHeaders(list.snapshot, nowMs, use),
    ...extraHeaders,
  };
  // The list is ASCII: other characters are escaped in it (lib/aws/dynamodb/snapshot-body.ts).
  if (!acceptsGzip(acceptEncoding)) {
    return { status: 200, headers, body: gunzipSync(list.gzip).toString('latin1') };
  }
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: list.gzip };
}

/** The entity tag of a list. It is weak: one tag for the gzip and the identity coding (RFC 9110, section 8.8.1). */
function entityTagOf(digest: string): string {
  return `W/"${digest}"`;
}

/** Whether an `If-None-Match` header names the list of this digest (weak comparison, RFC 9110, section 13.1.2). */
export function namesDigest(ifNoneMatch: string | undefined, digest: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return [...ifNoneMatch.matchAll(/"([^"]*)"/g)].some(([, tag]) => tag === digest);
}

/** Whether an `Accept-Encoding` header takes gzip (RFC 9110, section 12.5.3). Silence is no: what old clients send. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  let wildcard = false;
  for (const coding of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = coding.split(';').map((text) => text.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const accepted = quality === undefined || Number(quality.slice(2)) > 0;
    if (name === 'gzip' || name === 'x-gzip') return accepted;
    if (name === '*') wildcard = accepted;
  }
  return wildcard;
}
