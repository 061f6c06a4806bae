import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultAnswer } from '../../lib/http/answer.ts';
import { Fault, type FaultCode } from '../../lib/http/faults.ts';
import { surfaceOf } from '../../lib/http/request.ts';

/** What of hapi's request is used here. */
export interface GatewayRequest {
  readonly raw: { readonly req: IncomingMessage; readonly res: ServerResponse };
  readonly path: string;
  readonly headers: Record<string, string | undefined>;
  readonly info: { readonly received: number };
  readonly payload?: unknown;
  method: string;
  mime?: string;
  setMethod(method: string): void;
  readonly response: Gone | GivenAnswer;
}
/** hapi's own refusal: no such path, a body too large, a fault of its own. */
interface Gone {
  readonly isBoom: true;
  readonly output: { readonly statusCode: number };
}
interface GivenAnswer {
  readonly isBoom?: false;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: string | Uint8Array | null;
}

/** What goes out. */
export interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly body: string | Uint8Array;
}

/** The function's answer as it is; what hapi itself refuses, in the words of the surface. */
export function answerTo({ response, path }: GatewayRequest): WireAnswer {
  if (response.isBoom) {
    const { statusCode } = response.output;
    const unknown = statusCode < 500 ? 'invalid-request' : 'internal-error';
    const code = statusCode === 413 ? tooLargeAt(path) : (refusals[statusCode] ?? unknown);
    return refusal(code, path, 'the request cannot be served');
  }
  const { statusCode, headers, source } = response;
  const body = source ?? '';
  if (typeof body === 'string' && body.startsWith('{"errorMessage":')) {
    return refusal(body.includes('Lambda timeout') ? 'unavailable' : 'internal-error', path);
  }
  return { statusCode, headers, body };
}

/** hapi's status, in the words of the service: a path that cannot be read is at least not found. */
const refusals: Readonly<Record<number, FaultCode>> = {
  400: 'not-found',
  404: 'not-found',
  503: 'unavailable',
};

/** Calls that are passed through may be larger than all others. */
export function tooLargeAt(path: string): FaultCode {
  const isPassed = surfaceOf(path) === 'gewe' && !ownCalls.test(path);
  return isPassed ? 'request-too-large' : 'body-too-large';
}
const ownCalls = /\/contacts\/fetchContactsList(?:Cache)?$/;

/** On AWS the gateway says this in its own words; here the caller is always told in those of the surface. */
export function refusal(code: FaultCode, path: string, detail?: string): WireAnswer {
  const surface = surfaceOf(path);
  const parts = code === 'invalid-request' && detail !== undefined ? [{ pointer: '', detail }] : [];
  const { status: statusCode, headers = {}, body = '' } = faultAnswer(new Fault(code, parts), surface);
  return { statusCode, headers, body };
}

/** What of hapi's answers is used here. */
export interface AnswerInTheMaking {
  header(name: string, value: unknown, options?: HeaderOptions): unknown;
}
interface HeaderOptions {
  readonly override?: boolean;
}

/**
 * serverless-offline gives every answer a content type that has none. It does so when all headers of the function are
 * set, and by its options alone can be told from one that the function gave.
 * `answer`: any one; all others inherit from the same prototype.
 */
export function dropDefaultTypes(answer: AnswerInTheMaking): void {
  const answers: AnswerInTheMaking = Object.getPrototypeOf(answer);
  const { header } = answers;
  answers.header = function headerUnlessDefault(name, value, options) {
    const isDefault = name.toLowerCase() === 'content-type' && options?.override === false;
    return isDefault ? this : header.call(this, name, value, options);
  };
}

/** Sends the answer, unless one is under way. */
export function send({ raw: { req, res } }: GatewayRequest, { statusCode, headers, body }: WireAnswer): void {
  // What is still on its way is read and dropped, or the caller would see a reset instead of the answer.
  req.resume();
  if (res.headersSent) return;
  const bodiless = statusCode === 204 || statusCode === 304;
  const length = bodiless ? {} : { 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries({ ...headers, ...length }).map(
    ([name, value]) => [name, String(value)] as const,
  );
  res.writeHead(statusCode, Object.fromEntries(lines));
  res.end(bodiless ? undefined : body);
}
