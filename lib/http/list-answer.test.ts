import { describe, expect, it } from 'vitest';
import { acceptsGzip, namesDigest } from './list-answer.ts';

describe('If-None-Match', () => {
  it.each([
    ['W/"abc"', true],
    ['"abc"', true],
    ['"x", W/"abc"', true],
    [' * ', true],
    ['W/"abcd"', false],
    ['abc', false],
    ['', false],
    [undefined, false],
  ])('%j names the list abc: %j', (header, expected) => {
    expect(namesDigest(header, 'abc')).toBe(expected);
  });
});

describe('Accept-Encoding', () => {
  it.each([
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip;q=0.5', true],
    ['x-gzip', true],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip; q=0.0', false],
    ['identity', false],
    ['br', false],
    ['', false],
    [undefined, false],
  ])('%j takes gzip: %j', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });
});
