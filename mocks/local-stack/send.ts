import { readFileSync } from 'node:fs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { localAws } from './local-aws.ts';

/** The token of the README's calls. */
export const exampleToken = 't';

/**
 * Puts an event that asks for a refresh on the bus of the local stack, as anybody may on AWS. Returns a line for a
 * person; throws an error for one when there is no stack.
 */
export async function sendRefresh(subscriptionId: string, busName: string, port: number): Promise<string> {
  const client = new EventBridgeClient({ ...localAws, endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
  const entry = {
    EventBusName: busName,
    Source: 'npm-run-event',
    DetailType: 'Contacts Refresh Requested',
    Detail: JSON.stringify({ subscriptionId }),
  };
  try {
    const { Entries: [result] = [] } = await reached(
      client.send(new PutEventsCommand({ Entries: [entry] })),
      port,
      'EVENTS_PORT',
    );
    if (result?.EventId === undefined) throw new Error(`the bus refused it: ${String(result?.ErrorMessage)}`);
    return `The bus took it (${result.EventId}); the output of npm start tells what comes of it.`;
  } finally {
    client.destroy();
  }
}

/**
 * Posts a file to the callback URL of a token, byte by byte, as GeWe would. Returns a line for a person; throws an
 * error for one when there is no such file, no stack, or no callback of that token.
 */
export async function sendCallback(file: string, token: string, port: number): Promise<string> {
  const bytes = bytesOf(file);
  const asked = await reached(
    fetch(`http://127.0.0.1:${port}/v1/callback`, { headers: { 'X-GEWE-TOKEN': token } }),
    port,
    'PORT',
  );
  const text = await asked.text();
  if (asked.status === 404)
    throw new Error(`this token has no callback yet. Make one:\n\n${putCurl(token, port)}\n`);
  const { url, detail }: { url?: unknown; detail?: unknown } = Object(jsonOf(text));
  if (typeof url !== 'string')
    throw new Error(`GET /v1/callback: ${asked.status} ${String(detail ?? '')}`.trim());
  const taken = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: bytes,
    redirect: 'manual',
  }).catch(() => undefined);
  if (taken === undefined)
    throw new Error('the callback URL cannot be reached from here (see PUBLIC_BASE_URL)');
  if (!taken.ok) throw new Error(`the callback was answered with ${taken.status}: ${await taken.text()}`);
  return `It was taken (${taken.status}); the output of npm start tells what comes of it.`;
}

function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    throw new Error(`there is no file ${file} that can be read`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A token that was given is not shown again. */
function putCurl(token: string, port: number): string {
  const shown = token === exampleToken ? token : '<the token>';
  return (
    `  curl -X PUT localhost:${port}/v1/callback -H 'X-GEWE-TOKEN: ${shown}' ` +
    `-H 'content-type: application/json' -d '{}'`
  );
}

async function reached<T>(call: Promise<T>, port: number, variable: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
    if (code !== 'ECONNREFUSED') throw error;
    throw new Error(`nobody listens on 127.0.0.1:${port} (${variable}): start the stack with npm start`);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
