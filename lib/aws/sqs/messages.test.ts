import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseMessage } from './messages.ts';

const step = { kind: 'step', deviceKey: 'd', refreshId: 'r', step: 1, sealed: 's' } as const;
const erase = { kind: 'erase', deviceKey: 'd', rev: 7 } as const;

it('reads what the queue was given', () => {
  expect(parseMessage(JSON.stringify(step))).toEqual(step);
  expect(parseMessage(JSON.stringify(erase))).toEqual(erase);
});

it('leaves out members that it does not know', () => {
  expect(parseMessage(JSON.stringify({ ...erase, sealed: 's', later: true }))).toEqual(erase);
});

it.each([
  '',
  '{',
  'null',
  '5',
  '[]',
  '{}',
  JSON.stringify({ ...step, kind: 'other' }),
  JSON.stringify({ ...step, deviceKey: '' }),
  JSON.stringify({ ...step, refreshId: 5 }),
  JSON.stringify({ ...step, step: '1' }),
  JSON.stringify({ ...step, step: 0 }),
  JSON.stringify({ ...step, sealed: null }),
  JSON.stringify({ ...erase, rev: 1.5 }),
  JSON.stringify({ ...erase, rev: -1 }),
])('takes %s for none of its messages', (body) => {
  expect(parseMessage(body)).toBeUndefined();
});

it('never throws, whatever stands in a body', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => void parseMessage(body)));
});
