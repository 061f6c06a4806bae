import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../mocks/loopback.ts';

/** What AWS bills of the calls that passed. */
export interface Metered {
  /** Of the table and of its index. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** By operation, in requests of 64 KB. Receives are left out: how often a function asks depends on the time. */
  readonly sqs: Readonly<Record<string, number>>;
  /** Of EventBridge, in chunks of 64 KB. */
  readonly events: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
}

/** Stands between the functions and the emulators, and counts as AWS bills. */
export interface AwsMeter {
  /** The same address on the meter, with whatever path it has. Throws past four emulators. */
  through(url: string): string;
  /** What passed since the last reading. */
  read(): Metered;
  close(): Promise<void>;
}

interface Counters {
  writeUnits: number;
  readUnits: number;
  readonly sqs: Record<string, number>;
  events: number;
  s3Puts: number;
  s3Gets: number;
}

const billedChunkBytes = 64 * 1024;
const mostEmulators = 4;

/** Emulators are given to it one by one (`through`), up to four. */
export async function startAwsMeter(): Promise<AwsMeter> {
  let counters = zero();
  const origins: string[] = [];
  const proxies = await Promise.all(
    Array.from({ length: mostEmulators }, (_, index) =>
      listenOnLoopback(
        createServer((incoming, outgoing) => {
          pass(origins[index] ?? '', incoming, outgoing, () => counters).catch(() => outgoing.destroy());
        }),
      ),
    ),
  );
  return {
    through(url) {
      const { origin } = new URL(url);
      if (!origins.includes(origin)) origins.push(origin);
      const proxy = proxies[origins.indexOf(origin)];
      if (proxy === undefined) throw new Error(`more than ${mostEmulators} emulators: ${origins.join(', ')}`);
      return url.replace(origin, proxy.url);
    },
    read() {
      const read = counters;
      counters = zero();
      return read;
    },
    async close() {
      for (const proxy of proxies) await proxy.close();
    },
  };
}

function zero(): Counters {
  return { writeUnits: 0, readUnits: 0, sqs: {}, events: 0, s3Puts: 0, s3Gets: 0 };
}

async function pass(
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  counters: () => Counters,
): Promise<void> {
  const [service = '', operation = ''] = String(incoming.headers['x-amz-target'] ?? '').split('.');
  const sent = await bytesOf(incoming);
  const isTable = service.startsWith('DynamoDB');
  const body = isTable ? Buffer.from(JSON.stringify(asked(operation, JSON.parse(sent.toString())))) : sent;
  // The body goes on in one piece.
  const { 'transfer-encoding': _inPieces, ...headers } = incoming.headers;
  const { method = '', url: path = '' } = incoming;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const forwarded = request(`${origin}${path}`, {
      method,
      headers: { ...headers, 'content-length': body.length },
    });
    forwarded.once('response', resolve);
    forwarded.once('error', reject);
    forwarded.end(body);
  });
  const came = await bytesOf(answer);
  const count = counters();
  if (isTable) countTable(count, operation, JSON.parse(body.toString()), JSON.parse(came.toString()));
  else if (service === 'AWSEvents') count.events += Math.ceil(body.length / billedChunkBytes);
  else if (service === 'AmazonSQS') {
    const chunks = Math.max(1, Math.ceil(body.length / billedChunkBytes));
    if (operation !== 'ReceiveMessage') count.sqs[operation] = (count.sqs[operation] ?? 0) + chunks;
  } else if (method === 'PUT' || method === 'POST') count.s3Puts += 1;
  else if (method === 'GET' || method === 'HEAD') count.s3Gets += 1;
  // The checksum that the SDK holds answers against stays right: nothing in a body is changed on the way back.
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(came);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface TableCall {
  readonly Item?: Item;
}
type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface TableAnswer {
  readonly ConsumedCapacity?:
    | { readonly CapacityUnits: number }
    | readonly { readonly CapacityUnits: number }[];
  readonly Attributes?: Item;
  readonly __type?: string;
}

/** Writes have to say what stood there before, for the index; dynalite says it of whole items alone. */
function asked(operation: string, call: object): object {
  const tells = ['PutItem', 'DeleteItem'].includes(operation);
  return { ...call, ReturnConsumedCapacity: 'TOTAL', ...(tells && { ReturnValues: 'ALL_OLD' }) };
}

function countTable(count: Counters, operation: string, call: TableCall, answer: TableAnswer): void {
  const consumed = [answer.ConsumedCapacity ?? []].flat().reduce((sum, one) => sum + one.CapacityUnits, 0);
  if (['GetItem', 'Query', 'BatchGetItem', 'Scan'].includes(operation)) {
    // The least that a query costs, which dynalite leaves out where nothing is found.
    count.readUnits += Math.max(consumed, 0.5);
    return;
  }
  // A write whose condition does not hold is billed too (dynalite tells no capacity of it): one unit, as items of these are small.
  const failed = answer.__type !== undefined;
  count.writeUnits += failed ? 1 : consumed + indexUnits(answer.Attributes, call.Item);
}

/**
 * The index holds keys alone, less than 1 KB an item: a key that comes or goes costs one unit, one that changes two, since the old
 * entry is deleted and a new one put. dynalite does not count it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
function indexUnits(before: Item | undefined, after: Item | undefined): number {
  const keyOf = (item: Item | undefined) =>
    item?.dueShard && item.dueAtEpochS && JSON.stringify([item.dueShard, item.dueAtEpochS]);
  const [old, next] = [keyOf(before), keyOf(after)];
  if (old === next) return 0;
  return (old === undefined ? 0 : 1) + (next === undefined ? 0 : 1);
}
