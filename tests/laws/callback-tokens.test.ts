import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callbackOwnerOf } from '../../lib/callbacks/callback-id.ts';
import type { CallbackRecord, CallbackStore } from '../../lib/callbacks/ports.ts';
import { type CallbackPorts, upsertCallback } from '../../lib/callbacks/register.ts';
import type { AccountAnswer } from '../../lib/device/ports.ts';
import { newSalt } from '../../lib/system/random.ts';

const numRuns = Number(process.env.LAW_RUNS ?? 200);
const signal = new AbortController().signal;

/** Whether somebody asks for the URL to be registered, and the call outside at which they die (0: none). */
const caller = fc.record({ register: fc.boolean(), diesAt: fc.integer({ min: 0, max: 6 }) });

class Memory implements CallbackStore {
  readonly records = new Map<string, CallbackRecord>();
  /** Everything that was stored, ever. */
  readonly stored: CallbackRecord[] = [];

  async load(key: string): Promise<CallbackRecord | undefined> {
    return this.records.get(key);
  }
  async compareAndSet(
    key: string,
    before: CallbackRecord | undefined,
    next: CallbackRecord,
  ): Promise<boolean> {
    if (this.records.get(key)?.rev !== before?.rev) return false;
    this.records.set(key, next);
    this.stored.push(next);
    return true;
  }
  async delete(key: string, rev?: number): Promise<void> {
    if (rev === undefined || this.records.get(key)?.rev === rev) this.records.delete(key);
  }
  async noteReceived(): Promise<void> {}
}

it('never keeps the callback of a token that GeWe rejects, however callers overlap and wherever they die', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(caller, { minLength: 1, maxLength: 4 }),
      async (scheduler, callers) => {
        const memory = new Memory();
        const rejected: AccountAnswer = { kind: 'failure', class: 'token-rejected' };
        const puts = callers.map(({ register, diesAt }) => {
          let calls = 0;
          const outside = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
            scheduler.scheduleFunction(async (...args: Args) => {
              calls += 1;
              if (diesAt > 0 && calls >= diesAt) throw new Error('dead');
              return call(...args);
            });
          const ports: CallbackPorts = {
            callbacks: {
              load: outside((key) => memory.load(key)),
              compareAndSet: outside((key, before, next) => memory.compareAndSet(key, before, next)),
              delete: outside((key, rev) => memory.delete(key, rev)),
              noteReceived: () => memory.noteReceived(),
            },
            tokens: { note: async () => undefined, has: async () => false },
            account: {
              checkOnline: outside(async () => rejected),
              setCallback: outside(async () => rejected),
            },
            targets: { check: async () => ({ ok: true }) },
            clock: { now: () => 1_000, sleep: async () => undefined },
            newSalt,
          };
          const forwardTo = 'https://bot.example.com/wechat';
          const input = { register, forwardTo, urlBase: 'https://contacts.example.com/', ownHosts: [] };
          return upsertCallback(callbackOwnerOf('fake-token'), input, ports, signal).catch(
            () => 'dead' as const,
          );
        });
        const outcomes = await scheduler.waitFor(Promise.all(puts));
        for (const outcome of outcomes) {
          if (outcome !== 'dead') expect(outcome).toEqual({ kind: 'rejected', why: 'token-rejected' });
        }
        expect([...memory.records.values()]).toEqual([]);
        // Nor for a moment: its URL would answer, and be forwarded.
        expect(memory.stored).toEqual([]);
      },
    ),
    { numRuns },
  );
});
