import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { StoreUnavailable } from '../../device/ports.ts';
import { type ServiceLocation, sdkOptions } from '../sdk-options.ts';

/** The one table: `pk` (S) and `sk` (S), TTL in `expiresAtEpochS`. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

/** An item in the SDK's own form. */
export type Item = Record<string, AttributeValue>;

/** When DynamoDB may delete an item: its TTL attribute, in whole seconds. */
export const ttlAttribute = 'expiresAtEpochS';

/** The attribute that lets DynamoDB delete an item, which it does late. */
export function expiringAt(atMs: number): Item {
  return { [ttlAttribute]: numberOf(Math.ceil(atMs / 1000)) };
}

/** A number as DynamoDB takes it. */
export function numberOf(value: number): { readonly N: string } {
  return { N: String(value) };
}

/** The partition of everything kept for a device. */
export function partitionOf(deviceKey: string): string {
  return `D#${deviceKey}`;
}

/** The device of a partition; undefined when it is another thing's. */
export function deviceOfPartition(pk: string): string | undefined {
  return pk.startsWith('D#') ? pk.slice(2) : undefined;
}

/** Where an item stands. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** An item of a device; undefined when it is not there. Throws `StoreUnavailable`. */
export function getItem(
  table: Table,
  deviceKey: string,
  sk: string,
  consistency: 'strong' | 'eventual',
): Promise<Item | undefined> {
  return getItemAt(table, { pk: partitionOf(deviceKey), sk }, consistency);
}

/** Any item; undefined when it is not there. Throws `StoreUnavailable`. */
export async function getItemAt(
  table: Table,
  { pk, sk }: ItemKey,
  consistency: 'strong' | 'eventual',
): Promise<Item | undefined> {
  const command = new GetItemCommand({
    TableName: table.name,
    Key: { pk: { S: pk }, sk: { S: sk } },
    ConsistentRead: consistency === 'strong',
  });
  const { Item: item } = await available('GetItem', table.client.send(command));
  return item;
}

/** Any items, up to 100, eventually consistent: those that are not there, or that DynamoDB did not get to, are left out. Throws `StoreUnavailable`. */
export async function getItems(table: Table, keys: readonly ItemKey[]): Promise<readonly Item[]> {
  if (keys.length === 0) return [];
  const Keys = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  const command = new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys } } });
  const { Responses: found = {} } = await available('BatchGetItem', table.client.send(command));
  return found[table.name] ?? [];
}

/** Puts any items, up to 25, each of another key and whatever is there. Throws `StoreUnavailable`. */
export async function putItems(table: Table, items: readonly Item[]): Promise<void> {
  const requests = items.map((item) => ({ PutRequest: { Item: item } }));
  const command = new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } });
  const { UnprocessedItems: left = {} } = await available('BatchWriteItem', table.client.send(command));
  // What did not fit into the table's throughput at once: the SDK tries a single put again after a while.
  for (const { PutRequest: put } of left[table.name] ?? []) {
    if (put?.Item === undefined) continue;
    await available(
      'PutItem',
      table.client.send(new PutItemCommand({ TableName: table.name, Item: put.Item })),
    );
  }
}

/** What an item is to be like for a write to happen. */
export interface Condition {
  readonly expression: string;
  readonly values: Item;
}

/** Nothing is there yet. */
export const isAbsent: Condition = { expression: 'attribute_not_exists(pk)', values: {} };

/** The attribute has just this value: what is not there has none. */
export function isEqual(attribute: string, value: AttributeValue): Condition {
  return { expression: `${attribute} = :value`, values: { ':value': value } };
}

/** Nothing is there that a later revision of the device's record has written. Equal: the same writer's own retry. */
export function isNotAfter(fence: number): Condition {
  return {
    expression: 'attribute_not_exists(pk) OR fence <= :fence',
    values: { ':fence': numberOf(fence) },
  };
}

/**
 * Puts the revision `rev` of an item of a device over the one before it, the first where nothing is; false when another write
 * was first. `nonce`: a text that no other write has. Throws `StoreUnavailable`.
 */
export async function putRevision(
  table: Table,
  deviceKey: string,
  sk: string,
  attributes: Item,
  { rev, nonce }: { readonly rev: number; readonly nonce: string },
): Promise<boolean> {
  const before = rev === 1 ? isAbsent : isEqual('rev', numberOf(rev - 1));
  if (await putItem(table, deviceKey, sk, { ...attributes, nonce: { S: nonce } }, before)) return true;
  // The put that was refused may be the SDK's second, over my own first one whose answer was lost.
  const stored = await getItem(table, deviceKey, sk, 'strong');
  return stored?.nonce?.S === nonce;
}

/** Puts an item of a device; false when the condition did not hold. Throws `StoreUnavailable`. */
export function putItem(
  table: Table,
  deviceKey: string,
  sk: string,
  attributes: Item,
  condition?: Condition,
): Promise<boolean> {
  return putItemAt(table, { pk: partitionOf(deviceKey), sk }, attributes, condition);
}

/** Puts any item; false when the condition did not hold. Throws `StoreUnavailable`. */
export function putItemAt(
  table: Table,
  { pk, sk }: ItemKey,
  attributes: Item,
  condition?: Condition,
): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: { pk: { S: pk }, sk: { S: sk }, ...attributes },
    ...conditionOf(condition),
  });
  return holds('PutItem', table.client.send(command));
}

/** Deletes any item; harmless when it is not there, false when the condition did not hold. Throws `StoreUnavailable`. */
export function deleteItemAt(table: Table, { pk, sk }: ItemKey, condition?: Condition): Promise<boolean> {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: { pk: { S: pk }, sk: { S: sk } },
    ...conditionOf(condition),
  });
  return holds('DeleteItem', table.client.send(command));
}

function conditionOf(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { expression, values } = condition;
  // DynamoDB refuses an empty map of values.
  const hasValues = Object.keys(values).length > 0;
  return { ConditionExpression: expression, ...(hasValues && { ExpressionAttributeValues: values }) };
}

/** The items of a query, page after page, as far as the consumer iterates. Throws `StoreUnavailable`. */
export async function* queryItems(
  table: Table,
  query: Omit<QueryCommandInput, 'TableName'>,
): AsyncGenerator<Item> {
  const pages = paginateQuery({ client: table.client }, { TableName: table.name, ...query });
  for (;;) {
    const { done, value: page } = await available('Query', pages.next());
    if (done) return;
    yield* page.Items ?? [];
  }
}

/** What became of a conditional write: false when its condition did not hold. Throws `StoreUnavailable`. */
export async function holds(operation: string, write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw unavailable(operation, error);
  }
}

/** What DynamoDB answered. Throws `StoreUnavailable`. */
export async function available<T>(operation: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailable(operation, error);
  }
}

function unavailable(operation: string, cause: unknown): StoreUnavailable {
  const name = cause instanceof Error ? cause.name : 'an unknown error';
  return new StoreUnavailable(`DynamoDB ${operation}: ${name}`, { cause });
}

/** A client whose calls end, whatever becomes of the endpoint. `timeoutMs`: of one attempt of three. */
export function createDynamoDbClient(location: ServiceLocation, timeoutMs?: number): DynamoDBClient {
  return new DynamoDBClient(sdkOptions(location, timeoutMs));
}
