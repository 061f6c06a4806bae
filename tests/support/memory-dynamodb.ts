import {
  type BatchGetItemCommandInput,
  type BatchWriteItemCommandInput,
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient, type Item, type Table } from '../../lib/aws/dynamodb/table.ts';
import { localLocation } from './local-table.ts';

// DynamoDB in the memory of this process, for tests with more operations than dynalite can do in their time. It knows what the stores
// of a device's record use, refuses everything else, and answers as dynalite does (memory-dynamodb.test.ts holds it to that).

/** The table of `serverless.yml`, in memory. */
export interface MemoryTable {
  /** Through a client of its own; `before` is awaited before each request. */
  open(before?: () => Promise<void>): Table;
  /** How many requests there were, by operation. */
  readonly requests: ReadonlyMap<string, number>;
}

const name = 'memory';
/** Entries of the index in one page of a query: about 1 MB, as DynamoDB has it. */
const pageSize = 5_000;

/** An empty table. */
export function createMemoryTable(): MemoryTable {
  const items = new Items();
  const requests = new Map<string, number>();
  return {
    requests,
    open(before = () => Promise.resolve()) {
      const client = createDynamoDbClient(localLocation('http://127.0.0.1:9'));
      client.middlewareStack.add(
        (_next, context) => async (args) => {
          const operation = String(context.commandName).replace(/Command$/, '');
          requests.set(operation, (requests.get(operation) ?? 0) + 1);
          await before();
          const output = { $metadata: {}, ...answerTo(operation, Object(args.input), items) };
          return { output, response: {} };
        },
        { step: 'initialize', priority: 'high' },
      );
      return { client, name };
    },
  };
}

function answerTo(operation: string, input: object, items: Items): object {
  switch (operation) {
    case 'GetItem':
      return getItem(Object(input), items);
    case 'BatchGetItem':
      return batchGetItem(Object(input), items);
    case 'PutItem':
      return putItem(Object(input), items);
    case 'DeleteItem':
      return deleteItem(Object(input), items);
    case 'BatchWriteItem':
      return batchWriteItem(Object(input), items);
    case 'Query':
      return query(Object(input), items);
    default:
      throw new Error(`${operation} is not known here`);
  }
}

function getItem({ Key: key = {} }: GetItemCommandInput, items: Items): object {
  const item = items.get(keyOf(key));
  return item ? { Item: item } : {};
}

function batchGetItem({ RequestItems: requested = {} }: BatchGetItemCommandInput, items: Items): object {
  const keys = requested[name]?.Keys ?? [];
  if (keys.length > 100) throw new Error('too many keys for one BatchGetItem');
  const found = keys.map((key) => items.get(keyOf(key))).filter((item) => item !== undefined);
  return { Responses: { [name]: found }, UnprocessedKeys: {} };
}

function putItem({ Item: item = {}, ...condition }: PutItemCommandInput, items: Items): object {
  const key = keyOf(item);
  check(condition, items.get(key));
  items.put(key, item);
  return {};
}

function deleteItem({ Key: key = {}, ...condition }: DeleteItemCommandInput, items: Items): object {
  check(condition, items.get(keyOf(key)));
  items.delete(keyOf(key));
  return {};
}

function batchWriteItem({ RequestItems: requested = {} }: BatchWriteItemCommandInput, items: Items): object {
  const writes = requested[name] ?? [];
  if (writes.length > 25) throw new Error('too many writes for one BatchWriteItem');
  for (const { PutRequest: put } of writes) {
    if (put?.Item === undefined) throw new Error('BatchWriteItem is known here with puts alone');
    items.put(keyOf(put.Item), put.Item);
  }
  return { UnprocessedItems: {} };
}

function query(input: QueryCommandInput, items: Items): object {
  const { IndexName, KeyConditionExpression, ExpressionAttributeValues, ExclusiveStartKey, Limit } = input;
  if (IndexName !== 'ByDueAt' || KeyConditionExpression !== 'dueShard = :shard AND dueAtEpochS <= :now') {
    throw new Error(`this query is not known here: ${KeyConditionExpression}`);
  }
  const { ':shard': shard, ':now': now } = ExpressionAttributeValues ?? {};
  const found = items.dueUpTo(shard?.S ?? '', Number(now?.N));
  const after = ExclusiveStartKey && entryOf(ExclusiveStartKey);
  const from = after ? placeOf(found, after) + 1 : 0;
  const page = found.slice(from, from + (Limit ?? pageSize)).map(({ keys }) => keys);
  const isLast = from + page.length >= found.length && page.length < (Limit ?? pageSize);
  const last = page.at(-1);
  return { Items: page, Count: page.length, ...(!isLast && last && { LastEvaluatedKey: last }) };
}

/** Throws as DynamoDB does when the condition does not hold, and on one that is not known. */
function check(
  condition: Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>,
  stored: Item | undefined,
): void {
  const { ConditionExpression: expression, ExpressionAttributeValues: values = {} } = condition;
  if (expression === undefined) return;
  const holds = expression.split(' OR ').some((term) => {
    const absent = /^attribute_not_exists\((\w+)\)$/.exec(term)?.[1];
    if (absent !== undefined) return stored?.[absent] === undefined;
    const [, attribute = '', operator = '', value = ''] = /^(\w+) (=|<=) (:\w+)$/.exec(term) ?? [];
    const wanted = values[value];
    if (wanted === undefined) throw new Error(`this condition is not known here: ${term}`);
    const there = stored?.[attribute];
    if (operator === '=') return there !== undefined && there.S === wanted.S && there.N === wanted.N;
    return there?.N !== undefined && Number(there.N) <= Number(wanted.N);
  });
  if (holds) return;
  throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
}

function keyOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`;
}

/** An entry of the index: what it is sorted by, and what it holds. */
interface Entry {
  readonly atS: number;
  readonly key: string;
  readonly keys: Item;
}

/** The entry of an item; undefined when it is not in the index. */
function entryOf({ pk, sk, dueShard, dueAtEpochS }: Item): Entry | undefined {
  if (!pk || !sk || !dueShard || !dueAtEpochS) return undefined;
  const keys = { pk, sk, dueShard, dueAtEpochS };
  return { atS: Number(dueAtEpochS.N), key: keyOf(keys), keys };
}

/** Where the entry is, or would be. */
function placeOf(entries: readonly Entry[], { atS, key }: Pick<Entry, 'atS' | 'key'>): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    const isBefore = entry && (entry.atS < atS || (entry.atS === atS && entry.key < key));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface StoredItem {
  /** As JSON, which is small, and which nobody can change; with bytes, as it is. */
  readonly content: string | Item;
  readonly entry: Entry | undefined;
}

class Items {
  readonly #items = new Map<string, StoredItem>();
  readonly #shards = new Map<string, Entry[]>();

  get(key: string): Item | undefined {
    const content = this.#items.get(key)?.content;
    return typeof content === 'string' ? JSON.parse(content) : content;
  }

  put(key: string, item: Item): void {
    this.#leaveIndex(key);
    const hasBytes = Object.values(item).some(({ B }) => B !== undefined);
    const entry = entryOf(item);
    this.#items.set(key, { content: hasBytes ? structuredClone(item) : JSON.stringify(item), entry });
    if (entry === undefined) return;
    const entries = this.#shard(entry.keys);
    entries.splice(placeOf(entries, entry), 0, entry);
  }

  delete(key: string): void {
    this.#leaveIndex(key);
    this.#items.delete(key);
  }

  dueUpTo(shard: string, atS: number): readonly Entry[] {
    const entries = this.#shards.get(shard) ?? [];
    return entries.slice(0, placeOf(entries, { atS: atS + 1, key: '' }));
  }

  #leaveIndex(key: string): void {
    const entry = this.#items.get(key)?.entry;
    if (entry === undefined) return;
    const entries = this.#shard(entry.keys);
    entries.splice(placeOf(entries, entry), 1);
  }

  #shard({ dueShard }: Item): Entry[] {
    const shard = dueShard?.S ?? '';
    const entries = this.#shards.get(shard) ?? [];
    this.#shards.set(shard, entries);
    return entries;
  }
}
