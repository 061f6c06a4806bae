import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOfCallbackRequest, isCallbackRequest } from '../contract/validators.generated.js';
import { Fault } from './faults.ts';
import { requestTo } from './request.test-data.ts';
import { jsonBodyOf } from './request.ts';

const contract = { is: isCallbackRequest, faultOf: faultOfCallbackRequest };
const bodyOf = (body: string) => jsonBodyOf(requestTo('PUT /v1/callback', { body }), contract);

function faultIn(body: string): Pick<Fault, 'code' | 'parts'> {
  try {
    bodyOf(body);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault');
}

describe('a JSON body', () => {
  it('is given when it keeps to the contract, with or without a byte order mark', () => {
    const body = { register: true, forwardTo: 'https://bot.example.com/消息' };
    const text = JSON.stringify(body);
    expect(bodyOf(text)).toEqual(body);
    expect(bodyOf(`\ufeff${text}`)).toEqual(body);
  });

  it.each([
    ['{"register":1}', '/register'],
    ['{"forwardTo":""}', '/forwardTo'],
    ['{"forwardTo":5}', '/forwardTo'],
    ['[]', ''],
    ['null', ''],
  ])('%s is refused with a pointer to what is wrong', (body, pointer) => {
    const { code, parts } = faultIn(body);
    expect(code).toBe('invalid-request');
    expect(parts).toMatchObject([{ pointer, detail: expect.stringMatching(/./) }]);
  });

  it('is refused when it is no JSON, or absent', () => {
    for (const body of ['', '{', 'register=true']) expect(faultIn(body).code).toBe('invalid-json');
    const none = () => jsonBodyOf(requestTo('PUT /v1/callback'), contract);
    expect(none).toThrow(expect.objectContaining({ code: 'invalid-json' }));
  });

  it('may have 65,536 bytes, as it came over the wire, and no more', () => {
    const padded = (bytes: number) => `{}${' '.repeat(bytes - 2)}`;
    expect(bodyOf(padded(65_536))).toEqual({});
    expect(faultIn(padded(65_537)).code).toBe('body-too-large');
    expect(faultIn(`"${'消'.repeat(21_845)}"`).code).toBe('body-too-large');
  });

  it('is never repeated in a fault', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,20}$/), (canary) => {
        const wrong = [canary, `{"register":"${canary}"}`, `{"forwardTo":["${canary}"]}`];
        for (const body of wrong) expect(JSON.stringify(faultIn(body).parts)).not.toContain(canary);
      }),
    );
  });
});
