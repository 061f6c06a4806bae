import type { Clock } from '../../lib/device/ports.ts';

/** Time that stands still until somebody moves it; sleepers wake in order. */
export class VirtualClock implements Clock {
  #nowMs = 1_750_000_000_000;
  #sleepers: { atMs: number; wake: () => void }[] = [];

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
    this.#sleepers.push({ atMs: Math.max(atMs, this.#nowMs), wake });
  }

  /** Lets everything run that is due, until nothing is left to wake before `untilMs`; then it is that time. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#sleepers.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#nowMs = next.atMs;
      next.wake();
    }
    this.#nowMs = untilMs;
  }
}
