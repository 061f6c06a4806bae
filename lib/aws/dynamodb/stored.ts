import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { Item } from './table.ts';

/** What is stored is not what this version writes; says which field. Nobody else writes here: it is a fault to look at. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  constructor(field: string, expected: string) {
    super(`stored ${field}: expected ${expected}`);
  }
}

/** A whole number. */
export const integer = v.pipe(v.number(), v.safeInteger());

/** The attributes of a plain object: what is undefined is left out. */
export function attributesOf(value: object): Item {
  return marshall(value, { removeUndefinedValues: true });
}

/** The object in an item's attributes, as far as the schema knows it. Throws `Undecodable`. */
export function decoded<T>(schema: v.GenericSchema<unknown, T>, item: Item, what: string): T {
  return checked(schema, plainOf(item, what), what);
}

function plainOf(item: Item, what: string): unknown {
  try {
    return unmarshall(item);
  } catch {
    // Such as a number that JavaScript cannot hold.
    throw new Undecodable(what, 'attributes that can be read');
  }
}

/** The value, held against the schema. Throws `Undecodable`; never tells the value. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new Undecodable(path === null ? what : `${what}.${path}`, issue.expected ?? issue.type);
}
