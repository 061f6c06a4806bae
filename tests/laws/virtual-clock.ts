import type { Clock } from '../../lib/device/ports.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that stands still until somebody moves it; sleepers wake in order, and of the same moment in the order they came. */
export class VirtualClock implements Clock {
  #nowMs = 1_750_000_000_000;
  /** The next to wake comes last. */
  readonly #sleepers: Sleeper[] = [];

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      this.at(this.#nowMs + ms, resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  at(atMs: number, wake: () => void): void {
    const sleeper = { atMs: Math.max(atMs, this.#nowMs), wake };
    // Behind all that wake later: halved, because thousands may sleep.
    let [from, to] = [0, this.#sleepers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sleepers[middle]?.atMs ?? 0) > sleeper.atMs) from = middle + 1;
      else to = middle;
    }
    this.#sleepers.splice(from, 0, sleeper);
  }

  /** Lets everything run that is due, until nothing is left to wake before `untilMs`; then it is that time. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#sleepers.at(-1);
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers.pop();
      this.#nowMs = next.atMs;
      next.wake();
    }
    this.#nowMs = untilMs;
  }
}
