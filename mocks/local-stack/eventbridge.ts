import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { EventBridgeEvent } from 'aws-lambda';
import { type Listening, listenOnLoopback } from '../loopback.ts';
import { eventTime } from './local-aws.ts';

/** An event, as a function is invoked with it. */
export type BusEvent = EventBridgeEvent<string, unknown>;

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
}): Promise<Listening> {
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

/** What became of each entry of a `PutEvents`, in order; an event that was taken stands beside its result. */
interface Taken {
  readonly result: PutEventsResultEntry;
  readonly event?: BusEvent;
  /** As the entry names it, which may be by its ARN. */
  readonly busName: string;
}

/** The whole request is refused, with this type of EventBridge's errors. */
class Refused extends Error {
  override readonly name = 'ValidationException';
}

/** Of a request. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const maxEntries = 10;
/** Of all entries of a request together. */
export const maxEntriesBytes = 256 * 1024;

/**
 * Takes the body of a `PutEvents` as EventBridge does: entries that are wrong fail by themselves, with AWS's own codes.
 * Throws `Refused` when it is no list of 1 to 10 entries, or when they are too large.
 */
function takeEntries(body: unknown, nowMs: number): readonly Taken[] {
  const entries: unknown = Object(body).Entries;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > maxEntries) {
    throw new Refused(
      "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and 10",
    );
  }
  const members = entries.map((entry) => membersOf(entry));
  if (members.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > maxEntriesBytes) {
    throw new Refused('Total size of the entries in the request is over the limit.');
  }
  return members.map((entry) => take(entry, nowMs));
}

interface Members {
  readonly source: string;
  readonly detailType: string;
  readonly detail: string;
  readonly busName: string;
  readonly resources: readonly string[];
  readonly timeMs: number | undefined;
}

function membersOf(entry: unknown): Members {
  const fields: Record<string, unknown> = Object(entry);
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  const { Resources: resources, Time: timeS } = fields;
  return {
    source: text('Source'),
    detailType: text('DetailType'),
    detail: text('Detail'),
    busName: text('EventBusName') || 'default',
    resources: Array.isArray(resources) ? resources.map(String) : [],
    timeMs: typeof timeS === 'number' ? timeS * 1000 : undefined,
  };
}

/** As AWS counts it: 14 bytes for a time, and the UTF-8 of the texts. */
function sizeOf({ source, detailType, detail, resources, timeMs }: Members): number {
  const texts = [source, detailType, detail, ...resources];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), timeMs === undefined ? 0 : 14);
}

function take(entry: Members, nowMs: number): Taken {
  const { source, detailType, detail, busName, resources, timeMs } = entry;
  const failed = (ErrorCode: string, ErrorMessage: string) => ({
    result: { ErrorCode, ErrorMessage },
    busName,
  });
  const missing = (name: string) =>
    failed('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  if (source === '') return missing('Source');
  if (source.startsWith('aws.')) {
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (detailType === '') return missing('DetailType');
  if (detail === '') return missing('Detail');
  const parsed = objectIn(detail);
  if (parsed === undefined) return failed('MalformedDetail', 'Detail is malformed.');
  const id = randomUUID();
  const event: BusEvent = {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: '000000000000',
    time: eventTime(timeMs ?? nowMs),
    region: 'us-east-1',
    resources: [...resources],
    detail: parsed,
  };
  return { result: { EventId: id }, event, busName };
}

function objectIn(text: string): object | undefined {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
