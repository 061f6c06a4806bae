import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Marks a request from `keepBytes` to the event; nobody can send it. */
const marker = `x-base64-${randomUUID()}`;

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
  rawHeaders.push(marker, '1');
}

interface LocalEvent {
  readonly headers?: Readonly<Record<string, string>>;
}

/** The event, as API Gateway makes it of such a body. */
export function withBytesTold(event: LocalEvent): object {
  const { [marker]: isMarked, ...headers } = event.headers ?? {};
  return isMarked === undefined ? event : { ...event, headers, isBase64Encoded: true };
}
