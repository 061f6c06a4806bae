import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CallbackRecord, CallbackStore } from '../../callbacks/ports.ts';
import { asInteger, asRev, asString, asStrings, optional, parseStored, Undecodable } from './stored-json.ts';
import {
  type Condition,
  deleteItemAt,
  getItemAt,
  holds,
  type Item,
  type ItemKey,
  putItemAt,
  type Table,
} from './table.ts';

/** The time of the last callback is written no more often than this. */
const notedAgainMs = 10_000;

/**
 * The callbacks of tokens: `rev` (N), `tokenKey`, `salt`, `idHash` (B), `forwardTo` (S), `registered` (BOOL), `createdAtMs`,
 * `lastReceivedAtMs` (N), `ownHosts` (S, JSON). Loading throws `Undecodable` on an item of another form.
 */
export function createCallbackStore(table: Table): CallbackStore {
  return {
    async load(callbackKey) {
      const item = await getItemAt(table, keyOf(callbackKey), 'strong');
      return item && decode(item);
    },

    compareAndSet(callbackKey, before, next) {
      return putItemAt(table, keyOf(callbackKey), encode(next), sameAs(before));
    },

    async delete(callbackKey, rev) {
      await deleteItemAt(table, keyOf(callbackKey), rev === undefined ? undefined : revIs(rev));
    },

    async noteReceived(callbackKey, atMs) {
      const { pk, sk } = keyOf(callbackKey);
      const command = new UpdateItemCommand({
        TableName: table.name,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET lastReceivedAtMs = :at',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(lastReceivedAtMs) OR lastReceivedAtMs <= :long)',
        ExpressionAttributeValues: { ':at': numberOf(atMs), ':long': numberOf(atMs - notedAgainMs) },
      });
      await holds('UpdateItem', table.client.send(command));
    },
  };
}

function keyOf(callbackKey: string): ItemKey {
  return { pk: `C#${callbackKey}`, sk: 'CALLBACK' };
}

function revIs(rev: number): Condition {
  return { expression: 'rev = :rev', values: { ':rev': numberOf(rev) } };
}

/** The time of the last callback counts too: it is written besides, and must not be put back. */
function sameAs(before: CallbackRecord | undefined): Condition {
  if (before === undefined) return { expression: 'attribute_not_exists(pk)', values: {} };
  const { expression, values } = revIs(before.rev);
  const { lastReceivedAtMs } = before;
  if (lastReceivedAtMs === undefined) {
    return { expression: `${expression} AND attribute_not_exists(lastReceivedAtMs)`, values };
  }
  return {
    expression: `${expression} AND lastReceivedAtMs = :last`,
    values: { ...values, ':last': numberOf(lastReceivedAtMs) },
  };
}

function encode(record: CallbackRecord): Item {
  const { rev, tokenKey, salt, idHash, forwardTo, registered, createdAtMs, lastReceivedAtMs, ownHosts } =
    record;
  return {
    rev: numberOf(rev),
    tokenKey: { B: tokenKey },
    salt: { B: salt },
    idHash: { B: idHash },
    registered: { BOOL: registered },
    createdAtMs: numberOf(createdAtMs),
    ownHosts: { S: JSON.stringify(ownHosts) },
    ...(forwardTo !== undefined && { forwardTo: { S: forwardTo } }),
    ...(lastReceivedAtMs !== undefined && { lastReceivedAtMs: numberOf(lastReceivedAtMs) }),
  };
}

function decode(item: Item): CallbackRecord {
  const forwardTo = optional(item.forwardTo?.S, 'callback.forwardTo', asString);
  const lastReceivedAtMs = optional(item.lastReceivedAtMs?.N, 'callback.lastReceivedAtMs', (text, field) =>
    asInteger(Number(text), field),
  );
  return {
    rev: asRev(item.rev?.N, 'callback.rev'),
    tokenKey: bytesOf(item.tokenKey?.B, 'callback.tokenKey'),
    salt: bytesOf(item.salt?.B, 'callback.salt'),
    idHash: bytesOf(item.idHash?.B, 'callback.idHash'),
    registered: item.registered?.BOOL === true,
    createdAtMs: asRev(item.createdAtMs?.N, 'callback.createdAtMs'),
    ownHosts: asStrings(parseStored(item.ownHosts?.S, 'callback.ownHosts'), 'callback.ownHosts'),
    ...(forwardTo !== undefined && { forwardTo }),
    ...(lastReceivedAtMs !== undefined && { lastReceivedAtMs }),
  };
}

function bytesOf(bytes: Uint8Array | undefined, field: string): Uint8Array {
  if (bytes === undefined) throw new Undecodable(field, 'bytes');
  return bytes;
}

function numberOf(value: number): { readonly N: string } {
  return { N: String(value) };
}
