import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import {
  isCallName,
  type NotPassed,
  type PassedAnswer,
  type PassedCall,
  type Passer,
  type PassFailure,
} from '../pass-through/call.ts';
import { keptConnections } from './kept-connections.ts';

/**
 * Nothing longer is passed back: Base64 makes a third more of it, and what a Lambda function answers may have 6 MB
 * (AWS quota).
 */
export const maxAnswerBytes = 4_500_000;
/** How long it may take until a connection stands: then it is certain that nothing was sent. */
const connectTimeoutMs = 8_000;

export interface PasserOptions {
  /** As `geweBaseUrl` gives it: the only host that is ever called. */
  readonly baseUrl: string;
  /** `connectTimeoutMs` unless a test says otherwise. */
  readonly connectTimeoutMs?: number;
  /** The system's clock unless a test says otherwise. */
  readonly nowMs?: () => number;
}

/**
 * Passes calls to GeWe: the exact bytes, the token and the content type, and nothing else of a request. One request a call:
 * nothing is sent twice, no redirect is followed. A redirect's `Location` is not passed back either: a client that follows it would send the
 * token there.
 */
export function createPasser(options: PasserOptions): Passer & { close(): void } {
  const { baseUrl, connectTimeoutMs: connectWithinMs = connectTimeoutMs, nowMs = Date.now } = options;
  const connections = keptConnections(new URL(baseUrl).protocol, nowMs);
  return {
    pass(call, untilMs, signal) {
      connections.closeStale();
      return new Promise((resolve) => {
        const outgoing = request(urlOf(baseUrl, call), {
          method: 'POST',
          agent: connections.agent,
          headers: headersOf(call),
        });
        const limitMs = Math.max(0, untilMs - nowMs());
        settleOnce(outgoing, { limitMs, connectWithinMs, signal }, resolve);
        outgoing.end(call.body);
      });
    },
    close: () => connections.agent.destroy(),
  };
}

function urlOf(baseUrl: string, { group, operation }: PassedCall): URL {
  // Checked at the door already; here it is what keeps a call on its host.
  if (!isCallName(group) || !isCallName(operation)) throw new TypeError('not the name of a call');
  return new URL(`${baseUrl}/${group}/${operation}`);
}

function headersOf({ token, body, contentType, contentEncoding }: PassedCall) {
  return {
    ...(token !== '' && { 'X-GEWE-TOKEN': token }),
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(contentEncoding !== undefined && { 'Content-Encoding': contentEncoding }),
    'Content-Length': body.byteLength,
    Accept: '*/*',
    // The bytes are passed on as they are, whatever the caller can decode.
    'Accept-Encoding': 'identity',
  };
}

interface Limits {
  readonly limitMs: number;
  readonly connectWithinMs: number;
  readonly signal: AbortSignal;
}

/** Tells what becomes of a request, once, and sees to it that nothing goes on after that. */
function settleOnce(
  outgoing: ClientRequest,
  { limitMs, connectWithinMs, signal }: Limits,
  resolve: (outcome: PassedAnswer | NotPassed) => void,
): void {
  let isConnected = false;
  let isSettled = false;
  const timers = [
    setTimeout(() => fail('upstream-slow'), limitMs),
    setTimeout(() => isConnected || fail('upstream-unreachable'), connectWithinMs),
  ];
  const onAbort = () => fail('upstream-slow');
  const settle = (outcome: PassedAnswer | NotPassed) => {
    isSettled = true;
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    resolve(outcome);
  };
  const fail = (why: PassFailure, error?: unknown) => {
    // Such as the end of a request that GeWe has answered before all of it was sent.
    if (isSettled) return;
    // Before a connection stands, nothing was sent.
    const told = isConnected || why === 'answer-too-large' ? why : 'upstream-unreachable';
    settle({ kind: 'failure', why: told, ...(error !== undefined && { error }) });
    outgoing.destroy();
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  outgoing.on('socket', (socket) => {
    isConnected = outgoing.reusedSocket || !socket.connecting;
    if (isConnected) return;
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      isConnected = true;
    });
  });
  outgoing.on('response', (incoming) => readAnswer(incoming, settle, fail));
  outgoing.on('error', (error) => fail('upstream-cut-off', error));
  // Whatever else ends it, such as an answer that changes the protocol.
  outgoing.on('close', () => fail('upstream-cut-off'));
}

function readAnswer(
  incoming: IncomingMessage,
  settle: (answer: PassedAnswer) => void,
  fail: (why: PassFailure, error?: unknown) => void,
): void {
  if (Number(incoming.headers['content-length']) > maxAnswerBytes) {
    fail('answer-too-large');
    return;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes > maxAnswerBytes) fail('answer-too-large');
  });
  incoming.on('error', (error) => fail('upstream-cut-off', error));
  incoming.on('end', () => {
    const { statusCode = 0, headers } = incoming;
    // No gateway passes any other status on.
    if (statusCode < 200 || statusCode > 599) {
      fail('upstream-cut-off');
      return;
    }
    const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers;
    settle({
      kind: 'answer',
      httpStatus: statusCode,
      body: Buffer.concat(chunks, bytes),
      ...(contentType !== undefined && { contentType }),
      ...(contentEncoding !== undefined && { contentEncoding }),
    });
  });
}
