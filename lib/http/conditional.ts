/** The entity tag of a list. It is weak: one tag for the gzip and the identity coding (RFC 9110, section 8.8.1). */
export function entityTagOf(digest: string): string {
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
