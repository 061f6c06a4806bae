import { request } from 'node:http';

/** What came of an invocation. */
export type Invocation =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** The function threw or ran out of time. */
  | { readonly kind: 'crashed'; readonly reason: string }
  /** Nobody listens, or the connection was lost: it is not known how far the function came. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * Invokes a function through Lambda's own API (serverless-offline's invoke port) and waits for its end, however
 * long it takes: workers run for minutes, and most HTTP clients give up before.
 */
export function invokeFunction(port: number, functionName: string, event: object): Promise<Invocation> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: `/2015-03-31/functions/${functionName}/invocations`,
        method: 'POST',
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', lost);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const failed = answer.headers['x-amz-function-error'] ?? answer.headers['x-amzn-errortype'];
          const ok = answer.statusCode === 200 && failed === undefined;
          resolve(
            ok ? { kind: 'answered', payload: payloadOf(text) } : { kind: 'crashed', reason: reasonOf(text) },
          );
        });
      },
    );
    const lost = (error: Error) => resolve({ kind: 'unreachable', reason: error.message });
    outgoing.on('error', lost);
    outgoing.end(JSON.stringify(event));
  });
}

/** A function that returns nothing has an empty payload here, and `null` on AWS. */
function payloadOf(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}

/** The error's message; its stack is in the function's log. */
function reasonOf(text: string): string {
  return /"(?:errorMessage|Message)":"([^"]*)"/.exec(text)?.[1] ?? 'unknown';
}
