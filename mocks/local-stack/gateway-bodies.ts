import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Mark a request on its way to the event; nobody can send them. */
const base64 = `x-base64-${randomUUID()}`;
const untyped = `x-untyped-${randomUUID()}`;

/** What API Gateway passes on as text; all else comes in Base64. Without a type, it takes a body for text. */
function isText(contentType: string | undefined): boolean {
  return (
    contentType === undefined ||
    /^(?:text\/|application\/(?:json|javascript|xml)\b)|\+(?:json|xml)\b/i.test(contentType)
  );
}

/** serverless-offline takes every body for UTF-8 text: one that is none is handed to it in Base64. */
export function keepBytes(payload: unknown, { headers, rawHeaders }: IncomingMessage): void {
  if (!Buffer.isBuffer(payload) || payload.length === 0) return;
  if (isText(headers['content-type']) && isUtf8(payload)) return;
  const text = payload.toString('base64');
  payload.toString = () => text;
  rawHeaders.push(base64, '1');
}

/** serverless-offline takes a body without a content type, or with an empty one, for JSON. */
export function keepUntyped({ rawHeaders }: IncomingMessage): void {
  const isTyped = rawHeaders.some(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type' && rawHeaders[index + 1] !== '',
  );
  if (!isTyped) rawHeaders.push(untyped, '1');
}

interface LocalEvent {
  readonly headers?: Readonly<Record<string, string>>;
}

/** The event, as API Gateway makes it of such a request. */
export function withBytesTold(event: LocalEvent): object {
  const {
    [base64]: isBase64,
    [untyped]: isUntyped,
    'content-type': contentType,
    ...others
  } = event.headers ?? {};
  const isTyped = isUntyped === undefined && contentType !== undefined;
  const headers = { ...others, ...(isTyped && { 'content-type': contentType }) };
  return { ...event, headers, ...(isBase64 !== undefined && { isBase64Encoded: true }) };
}
