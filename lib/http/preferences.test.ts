import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferencesOf } from './preferences.ts';

describe('the Prefer header', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['wait=10', { waitMs: 10_000, applied: 'wait=10' }],
    ['WAIT = 3', { waitMs: 3_000, applied: 'wait=3' }],
    ['wait="7"', { waitMs: 7_000, applied: 'wait=7' }],
    ['wait=0', { waitMs: 0, applied: 'wait=0' }],
    ['wait=600', { waitMs: 25_000, applied: 'wait=25' }],
    ['wait=99999999999', { waitMs: 25_000, applied: 'wait=25' }],
    ['respond-async', { waitMs: 0, applied: 'respond-async' }],
    ['respond-async, wait=5', { waitMs: 5_000, applied: 'respond-async, wait=5' }],
    ['wait=1, wait=9', { waitMs: 1_000, applied: 'wait=1' }],
    ['handling=lenient; x=1, wait=2;y', { waitMs: 2_000, applied: 'wait=2' }],
    ['wait=-1', {}],
    ['wait=ten', {}],
    ['waiting=10', {}],
  ])('%j is read as %j', (header, expected) => {
    expect(preferencesOf(header)).toEqual(expected);
  });

  it('never asks for a wait beyond what the gateway allows', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (noise, seconds) => {
        expect(preferencesOf(`${noise}, wait=${seconds}`).waitMs ?? 0).toBeLessThanOrEqual(25_000);
      }),
    );
  });
});
