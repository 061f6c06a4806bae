import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactArrays } from '../device/contacts.ts';
import { failureTraits } from '../device/failures.ts';
import type { UpstreamAnswer } from '../device/ports.ts';
import { cleanIds, parseAnswer } from './wire.ts';

const canary = 'canary-7f3a';
const httpStatus = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 }));
const item = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('weixin', 'wxid_1', 'gh_1', '1@chatroom', ' a') },
  fc.constantFrom(null, 'null', '', ' ', 0, true),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const items = fc.oneof({ weight: 5, arbitrary: fc.array(item) }, fc.constant(null), fc.jsonValue());
const data = fc.record(
  { friends: items, chatrooms: items, ghs: items, msg: fc.string() },
  { requiredKeys: [] },
);
const said = fc.oneof(
  fc.string(),
  fc.constantFrom(null, '微信已离线', `X-GEWE-TOKEN=${canary}`, `[${canary}]设备不存在`),
);
const envelope = fc.record(
  {
    ret: fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, fc.constantFrom(500, null, '200')),
    msg: said,
    data: fc.oneof(
      { weight: 4, arbitrary: data },
      fc.record({ code: fc.string(), msg: said }),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: ['msg'] },
);
const json = fc
  .oneof({ weight: 4, arbitrary: envelope }, fc.jsonValue())
  .map((value) => JSON.stringify(value));
const body = fc.oneof(
  { weight: 3, arbitrary: json },
  json.chain((text) => fc.nat(text.length).map((cut) => text.slice(0, cut))),
  json.map((text) => Buffer.from(text)),
  fc.uint8Array(),
  fc.string({ unit: 'binary' }),
);

function expectSound(answer: UpstreamAnswer): void {
  if (answer.kind === 'empty') {
    expect(answer).toEqual({ kind: 'empty' });
    return;
  }
  if (answer.kind === 'failure') {
    expect(Object.keys(answer).toSorted()).toEqual(['class', 'kind', 'mayStillRun']);
    expect(Object.keys(failureTraits)).toContain(answer.class);
    expect(typeof answer.mayStillRun).toBe('boolean');
    return;
  }
  expect(Object.keys(answer.contacts)).toEqual(contactArrays);
  expect(contactArrays.some((array) => answer.contacts[array].length > 0)).toBe(true);
  for (const array of contactArrays) {
    const ids = answer.contacts[array];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => typeof id === 'string' && id !== 'null' && id.trim() !== '')).toBe(true);
  }
}

describe('reading an answer of GeWe', () => {
  it('never throws, and gives a clean list or nothing of it', () => {
    fc.assert(
      fc.property(httpStatus, body, (status, bytes) => {
        expectSound(parseAnswer({ httpStatus: status, body: bytes }));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives no list under an HTTP status of an error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), body, (status, bytes) => {
        expect(parseAnswer({ httpStatus: status, body: bytes }).kind).toBe('failure');
      }),
    );
  });

  it('repeats no text of GeWe but ids', () => {
    const echo = fc.record({
      ret: fc.constantFrom(200, 500, null),
      msg: fc.string().map((text) => text + canary),
      data: fc.oneof(
        fc.record({ code: fc.constant(canary), msg: fc.constant(canary) }),
        fc.constant(canary),
        fc.constant([canary]),
        fc.record({ friends: fc.constant(canary), chatrooms: fc.constant(['a']), ghs: fc.constant([]) }),
        fc.record({
          friends: fc.constant(['a']),
          chatrooms: fc.constant([]),
          ghs: fc.constant([]),
          msg: said,
        }),
      ),
    });
    fc.assert(
      fc.property(httpStatus, echo, (status, value) => {
        const answer = parseAnswer({ httpStatus: status, body: JSON.stringify(value) });
        expect(JSON.stringify(answer)).not.toContain(canary);
      }),
    );
  });

  it('gives a list again when it reads its own', () => {
    fc.assert(
      fc.property(envelope, (value) => {
        const answer = parseAnswer({ httpStatus: 200, body: JSON.stringify(value) });
        const contacts = answer.kind === 'list' ? answer.contacts : undefined;
        fc.pre(contacts !== undefined);
        const again = JSON.stringify({ ret: 200, data: contacts });
        expect(parseAnswer({ httpStatus: 200, body: again })).toEqual(answer);
      }),
    );
  });

  it('keeps every real id, once, in the order of GeWe', () => {
    fc.assert(
      fc.property(fc.array(item), (dirty) => {
        const clean = cleanIds(dirty);
        expect(cleanIds(clean)).toEqual(clean);
        expect(clean).toEqual(
          dirty.filter(
            (id, at) =>
              typeof id === 'string' && id !== 'null' && id.trim() !== '' && dirty.indexOf(id) === at,
          ),
        );
      }),
    );
  });
});
