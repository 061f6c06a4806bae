import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { attributesOf, checked, decoded, integer } from './stored.ts';

const schema = v.object({ a: v.object({ b: v.array(integer) }), c: v.exactOptional(v.string()) });

describe('what is stored', () => {
  it('has an attribute for each member, without those that are undefined', () => {
    expect(attributesOf({ n: 5, text: 't', none: undefined, deep: { flag: true } })).toEqual({
      n: { N: '5' },
      text: { S: 't' },
      deep: { M: { flag: { BOOL: true } } },
    });
  });

  it('is read as far as it is known', () => {
    const item = { ...attributesOf({ a: { b: [1] }, c: 'c' }), pk: { S: 'D#1' } };
    expect(decoded(schema, item, 'thing')).toEqual({ a: { b: [1] }, c: 'c' });
  });

  it.each([
    [{}, 'stored thing.a: expected "a"'],
    [{ a: 5 }, 'stored thing.a: expected Object'],
    [{ a: { b: [1, 'x'] } }, 'stored thing.a.b.1: expected number'],
    [{ a: { b: [0.5] } }, 'stored thing.a.b.0: expected safe_integer'],
    [{ a: { b: [] }, c: 1 }, 'stored thing.c: expected string'],
    [5, 'stored thing: expected Object'],
  ])('is refused when it has another form: %j', (value, message) => {
    expect(() => checked(schema, value, 'thing')).toThrow(message);
  });

  it('is refused when it holds a number that JavaScript cannot hold', () => {
    const item = { a: { M: { b: { L: [{ N: '12345678901234567890' }] } } } };
    expect(() => decoded(schema, item, 'thing')).toThrow(/^stored thing/);
  });

  it('is never told in an error', () => {
    expect(() => checked(schema, { a: 'secret' }, 'thing')).toThrow(/^(?!.*secret)/);
  });
});
