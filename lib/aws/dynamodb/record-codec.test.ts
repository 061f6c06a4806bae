import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceRecord } from '../../device/record.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { anyRecord, worstRecord } from './record-samples.test-data.ts';

describe('encodeRecord and decodeRecord', () => {
  it('give back every record as it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(decodeRecord(record.rev, encodeRecord(record))).toEqual(record);
      }),
      { numRuns: 500 },
    );
  });

  it('leave nothing optional behind that was not there', () => {
    const empty: DeviceRecord = { rev: 1, results: [], superseded: [] };
    expect(encodeRecord(empty)).toBe('{"t":0}');
    expect(Object.keys(decodeRecord(1, '{"t":0}'))).toEqual(['rev', 'results', 'superseded']);
  });

  it('takes a call without its oldest time for one that is its own oldest', () => {
    const record = decodeRecord(1, '{"t":1000,"c":[5,10]}');
    expect(record.call).toEqual({ startedAtMs: 1005, mayRunUntilMs: 1010, oldestMs: 1005 });
  });
});

describe('decodeRecord', () => {
  it.each([
    [undefined, 'stored record: expected an attribute of this name'],
    ['{', 'stored record: expected JSON'],
    ['[]', 'stored record: expected an object'],
    ['{}', 'stored record.t: expected an integer'],
    ['{"t":0,"s":["C"]}', 'stored snapshot.slot: expected one of A, B'],
    ['{"t":0,"s":["A",5]}', 'stored snapshot.digest: expected a string'],
    ['{"t":0,"s":["A","d",[1]]}', 'stored snapshot.partDigests[0]: expected a string'],
    ['{"t":0,"s":["A","d",["p"],[1,2]]}', 'stored snapshot.counts.ghs: expected an integer'],
    ['{"t":0,"c":[1]}', 'stored call.mayRunUntilMs: expected an integer'],
    ['{"t":0,"r":["x"]}', 'stored refresh.status: expected one of q, r, s, f'],
    ['{"t":0,"r":["q","id","a",0,null,0]}', 'stored refresh.deadlineAtMs: expected an integer'],
    [
      '{"t":0,"p":[["q","id","a",0,null,0,1,1,1,1,1]]}',
      'stored results[0].status: expected a refresh that has ended',
    ],
    ['{"t":0,"p":{}}', 'stored results: expected an array'],
    ['{"t":0,"o":[["d"]]}', 'stored superseded[0].atMs: expected an integer'],
  ])('names the field of %s that it cannot read', (content, message) => {
    expect(() => decodeRecord(1, content)).toThrow(message);
  });

  it('either reads or refuses what is not its own, and never tells it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          decodeRecord(1, JSON.stringify(value));
        } catch (error) {
          expect(error).toMatchObject({ name: 'Undecodable' });
        }
      }),
    );
  });
});

it('keeps the worst realistic record small', () => {
  expect(encodeRecord(worstRecord).length).toBeLessThan(950);
});
