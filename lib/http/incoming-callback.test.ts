import { describe, expect, it } from 'vitest';
import { acknowledgement, incomingOf, inTime, patienceLeftMs } from './incoming-callback.ts';
import { type RequestParts, requestTo } from './request.test-data.ts';

const route = 'POST /v1/callbacks/{callbackId}';
const requestWith = (parts: RequestParts) =>
  requestTo(route, { pathParameters: { callbackId: 'the-id' }, ...parts });

describe('what was posted', () => {
  it('is taken byte for byte, text or not', () => {
    const text = incomingOf(
      requestWith({ body: '{"消息":1}\r\n', headers: { 'content-type': 'application/json' } }),
    );
    expect(text).toMatchObject({ id: 'the-id', contentType: 'application/json', wasForwarded: false });
    expect(Buffer.from(text.body).toString()).toBe('{"消息":1}\r\n');
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    const encoded = incomingOf(requestWith({ body: bytes }));
    expect(Buffer.from(encoded.body).equals(bytes)).toBe(true);
  });

  it('may be nothing', () => {
    expect(incomingOf(requestWith({}))).toMatchObject({ contentType: '', wasForwarded: false });
    expect(incomingOf(requestWith({})).body.byteLength).toBe(0);
  });

  it.each([
    ['1.1 gewe-contacts', true],
    ['1.0 proxy, 1.1 GEWE-CONTACTS (a comment)', true],
    ['1.1 gewe-contacts,1.1 proxy', true],
    ['1.1 not-gewe-contacts-at-all', false],
    ['1.1 proxy', false],
    ['', false],
  ])('has come over one of these services when Via is %j: %s', (via, wasForwarded) => {
    expect(incomingOf(requestWith({ headers: { via } }))).toMatchObject({ wasForwarded });
  });

  it('has 5 MiB at most', () => {
    const bytes = 5 * 1024 * 1024;
    expect(incomingOf(requestWith({ body: 'x'.repeat(bytes) })).body.byteLength).toBe(bytes);
    const larger = () => incomingOf(requestWith({ body: 'x'.repeat(bytes + 1) }));
    expect(larger).toThrow(expect.objectContaining({ code: 'callback-too-large' }));
  });
});

it('is acknowledged as GeWe expects, and is like any unknown path when nobody knows its id', () => {
  expect(acknowledgement(true)).toMatchObject({ status: 200, body: '{"ret":200,"msg":"success"}' });
  expect(() => acknowledgement(false)).toThrow(expect.objectContaining({ code: 'not-found', parts: [] }));
});

describe('keeping it', () => {
  it('is waited for, and what it throws is passed on', async () => {
    expect(await inTime(Promise.resolve(true), 1_000)).toBe(true);
    await expect(inTime(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
  });

  it('is given up when it takes too long', async () => {
    const late = inTime(new Promise(() => undefined), 5);
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('how long GeWe still waits', () => {
  const receivedAtMs = Date.UTC(2026, 10, 25);

  it.each([
    ['a warm receiver', 4, 2_496],
    ['a cold start of 1.2 s', 1_200, 1_300],
    ['a cold start that GeWe hardly outwaits: what can be kept yet is kept', 2_400, 500],
    ['a start after GeWe has gone', 20_000, 500],
    ['a clock behind the gateway’s', -300, 2_500],
    ['a clock that is an hour off', 3_600_000, 2_500],
    ['a gateway that tells no time', receivedAtMs, 2_500],
  ])('counts from when the gateway received the request: %s', (_what, passedMs, leftMs) => {
    expect(patienceLeftMs(receivedAtMs, receivedAtMs + passedMs)).toBe(leftMs);
  });
});
