import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallbackRecord } from './ports.ts';
import {
  changeCallback,
  hasSameUrl,
  isCalled,
  markRegistered,
  newCallback,
  redirectTo,
  restoreCallback,
} from './registration-rules.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const target = fc.constantFrom('https://a.example', 'https://b.example');
const ownHosts = fc.array(fc.constantFrom('one.example', 'two.example'), { maxLength: 2 });

/** Any callback that the rules can lead to. */
const callbacks: fc.Arbitrary<CallbackRecord> = fc
  .record({
    keys: fc.record({ tokenKey: bytes(32), salt: bytes(16), idHash: bytes(32) }),
    createdAtMs: fc.nat(),
    change: fc.record({ forwardTo: target, ownHosts }, { requiredKeys: ['ownHosts'] }),
    rev: fc.nat(5),
    registered: fc.boolean(),
    received: fc.option(fc.record({ lastReceivedAtMs: fc.nat() }), { nil: {} }),
  })
  .map(({ keys, createdAtMs, change, rev, registered, received }) => {
    return { ...changeCallback(newCallback(keys, createdAtMs), change), rev, registered, ...received };
  });

describe('the rules of a callback', () => {
  it('keep its URL, whatever a caller sets, and forget an earlier target', () => {
    fc.assert(
      fc.property(callbacks, fc.option(target, { nil: undefined }), ownHosts, (before, forwardTo, hosts) => {
        const change = { ownHosts: hosts, ...(forwardTo !== undefined && { forwardTo }) };
        const { forwardTo: _earlier, ...rest } = before;
        expect(changeCallback(before, change)).toEqual({ ...rest, ...change });
      }),
    );
  });

  it('restore what was there before, and what GeWe has called meanwhile, or nothing', () => {
    fc.assert(
      fc.property(callbacks, callbacks, fc.option(callbacks, { nil: undefined }), (before, stored, now) => {
        const restored = restoreCallback(now, stored, before);
        if (now?.rev !== stored.rev) {
          expect(restored).toBeUndefined();
          return;
        }
        const { lastReceivedAtMs: _earlier, ...rest } = before;
        expect(restored).toMatchObject(rest);
        expect(restored?.lastReceivedAtMs).toBe(now.lastReceivedAtMs ?? before.lastReceivedAtMs);
      }),
    );
  });

  it('mark as registered only the URL that GeWe accepted', () => {
    fc.assert(
      fc.property(callbacks, callbacks, (stored, other) => {
        fc.pre(!hasSameUrl(stored, other));
        expect(markRegistered(other, stored)).toBeUndefined();
        expect(markRegistered(undefined, stored)).toBeUndefined();
        expect(markRegistered({ ...stored, rev: other.rev }, stored)).toMatchObject({ registered: true });
      }),
    );
  });

  it('forward to another URL only where GeWe calls this service', () => {
    fc.assert(
      fc.property(fc.option(callbacks, { nil: undefined }), target, ownHosts, (now, forwardTo, hosts) => {
        const decision = redirectTo(now, { forwardTo, ownHosts: hosts });
        if (now === undefined) expect(decision).toEqual({ kind: 'no-callback' });
        else if (!isCalled(now)) expect(decision).toEqual({ kind: 'not-called' });
        else if (now.forwardTo === forwardTo) expect(decision).toEqual({ kind: 'kept' });
        else expect(decision).toEqual({ kind: 'kept', next: { ...now, forwardTo, ownHosts: hosts } });
      }),
    );
  });
});
