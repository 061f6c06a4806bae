/** Progress, as it goes, and one summary at the end. */
export class Report {
  readonly #startedAtMs = Date.now();
  readonly #faults: string[] = [];
  readonly #facts: string[] = [];

  /** What begins now. */
  step(what: string): void {
    console.log(`[${this.#seconds()}] ${what}`);
  }

  /** What was found to be true. */
  fact(what: string): void {
    this.#facts.push(what);
  }

  /** What is wrong; the run goes on where it can. */
  fault(what: string): void {
    console.error(`[${this.#seconds()}] WRONG: ${what}`);
    this.#faults.push(what);
  }

  get faults(): number {
    return this.#faults.length;
  }

  /** The summary; false when anything is wrong. */
  end(): boolean {
    console.log(`\n== The deployment, after ${this.#seconds()}`);
    for (const fact of this.#facts) console.log(`ok     ${fact}`);
    // What a command said before it failed begins on a line of its own.
    for (const fault of this.#faults) console.log(`WRONG  ${fault.replace(/:\n+/, ': ').split('\n')[0]}`);
    console.log(`${this.#facts.length} passed, ${this.#faults.length} failed`);
    return this.#faults.length === 0;
  }

  #seconds(): string {
    return `${String(Math.round((Date.now() - this.#startedAtMs) / 1000)).padStart(3)} s`;
  }
}
