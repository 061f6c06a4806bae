import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../loopback.ts';
import { type BusEvent, Refused, takeEntries } from './put-events.ts';

/** A part of the local stack that is up. */
export interface LocalEventBridge {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Longer requests are refused unread: far more than the entries of one may have. */
const maxBodyBytes = 2 * 1024 * 1024;

/**
 * EventBridge's `PutEvents` on 127.0.0.1, in its own protocol (AWS JSON 1.1), for one bus. `port`: 0 lets the system
 * choose. `onEvent` gets every event that the bus took; one that names another bus is taken and goes nowhere, as on AWS,
 * and `log` says so. Rejects when the port is taken.
 */
export async function startEventBridge(options: {
  readonly port?: number;
  readonly busName: string;
  readonly onEvent: (event: BusEvent) => void;
  readonly log: (line: string) => void;
}): Promise<LocalEventBridge> {
  const server = createServer((request, response) => {
    const answer = ({ status, body }: Answer) => {
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    serve(request, options).then(answer, () => answer(fault('InternalException', 'The mock failed.', 500)));
  });
  return listenOnLoopback(server, options.port);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function serve(
  request: IncomingMessage,
  { busName, onEvent, log }: Parameters<typeof startEventBridge>[0],
): Promise<Answer> {
  const body = await bodyOf(request);
  const target = request.headers['x-amz-target'];
  if (target !== 'AWSEvents.PutEvents') {
    return fault('UnknownOperationException', 'This EventBridge knows PutEvents alone.');
  }
  if (body === undefined) return fault('RequestEntityTooLargeException', 'The request is too large.', 413);
  const parsed = jsonOf(body);
  if (parsed === undefined) return fault('SerializationException', 'The body is no JSON.');
  try {
    const taken = takeEntries(parsed, Date.now());
    for (const { event, busName: named } of taken) {
      if (event === undefined) continue;
      if (named === busName || named.endsWith(`:event-bus/${busName}`)) onEvent(event);
      else log(`an event for the bus ${JSON.stringify(named)}, which is not there, is dropped`);
    }
    const FailedEntryCount = taken.filter(({ event }) => event === undefined).length;
    return { status: 200, body: { FailedEntryCount, Entries: taken.map(({ result }) => result) } };
  } catch (error) {
    if (error instanceof Refused) return fault(error.name, error.message);
    throw error;
  }
}

function fault(type: string, message: string, status = 400): Answer {
  return { status, body: { __type: type, message } };
}

/** Undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
