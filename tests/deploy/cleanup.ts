/** What has to be undone at the end, last done first; also after a failure and on Ctrl-C. */
export class Cleanup {
  readonly #steps: (() => Promise<void> | void)[] = [];
  readonly #interrupted = new AbortController();

  /** Aborted by Ctrl-C and by SIGTERM: whatever takes time ends then. */
  get signal(): AbortSignal {
    return this.#interrupted.signal;
  }

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => this.#interrupted.abort(new Error(`interrupted by ${name}`)));
    }
  }

  /** Adds a step. */
  later(step: () => Promise<void> | void): void {
    this.#steps.unshift(step);
  }

  /** Does something beside all the rest. What of it is not done at the end is stopped then. */
  begin<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const end = new AbortController();
    const running = work(AbortSignal.any([this.signal, end.signal]));
    // Its failure is told to whoever awaits it.
    const ended = running.then(
      () => {},
      () => {},
    );
    this.later(() => {
      end.abort(new Error('the rest is done'));
      return ended;
    });
    return running;
  }

  /** Takes every step, whatever becomes of the others. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0)) {
      try {
        await step();
      } catch (error) {
        console.error('while cleaning up:', error instanceof Error ? error.message : error);
      }
    }
  }
}
