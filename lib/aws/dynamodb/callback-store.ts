import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { CallbackRecord, CallbackStore } from '../../callbacks/ports.ts';
import { attributesOf, decoded, integer } from './stored.ts';
import {
  type Condition,
  deleteItemAt,
  getItemAt,
  holds,
  type ItemKey,
  isAbsent,
  isEqual,
  numberOf,
  putItemAt,
  type Table,
} from './table.ts';

/** The time of the last callback is written no more often than this. */
const notedAgainMs = 10_000;

/**
 * The callbacks of tokens: the attributes are those of `CallbackRecord`. Loading throws `Undecodable` on an item of another form.
 */
export function createCallbackStore(table: Table): CallbackStore {
  return {
    async load(callbackKey) {
      const item = await getItemAt(table, keyOf(callbackKey), 'strong');
      return item && decoded(callbackRecord, item, 'callback');
    },

    compareAndSet(callbackKey, before, next) {
      return putItemAt(table, keyOf(callbackKey), attributesOf(next), sameAs(before));
    },

    async delete(callbackKey, rev) {
      await deleteItemAt(
        table,
        keyOf(callbackKey),
        rev === undefined ? undefined : isEqual('rev', numberOf(rev)),
      );
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

/** The time of the last callback counts too: it is written besides, and must not be put back. */
function sameAs(before: CallbackRecord | undefined): Condition {
  if (before === undefined) return isAbsent;
  const { expression, values } = isEqual('rev', numberOf(before.rev));
  const { lastReceivedAtMs } = before;
  if (lastReceivedAtMs === undefined) {
    return { expression: `${expression} AND attribute_not_exists(lastReceivedAtMs)`, values };
  }
  return {
    expression: `${expression} AND lastReceivedAtMs = :last`,
    values: { ...values, ':last': numberOf(lastReceivedAtMs) },
  };
}

const bytes = v.instance(Uint8Array);

const callbackRecord: v.GenericSchema<unknown, CallbackRecord> = v.object({
  rev: integer,
  tokenKey: bytes,
  salt: bytes,
  idHash: bytes,
  forwardTo: v.exactOptional(v.string()),
  registered: v.boolean(),
  createdAtMs: integer,
  lastReceivedAtMs: v.exactOptional(integer),
  ownHosts: v.array(v.string()),
});
