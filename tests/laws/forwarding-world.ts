import { type ForwardPorts, forwardCallback } from '../../lib/callbacks/forward.ts';
import type {
  CallbackRecord,
  DeliveryOutcome,
  ForwardMessage,
  WebhookRequest,
} from '../../lib/callbacks/ports.ts';
import { createTargets } from '../../lib/callbacks/targets.ts';
import { createWaitingCallbacks } from '../../lib/callbacks/waiting.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What a target does for a stretch of time. */
export interface Phase {
  readonly lastsMs: number;
  readonly does: keyof typeof conducts;
}

/** How a target answers, and how long it takes. */
const conducts = {
  answers: { takesMs: 100, outcome: { kind: 'delivered', status: 200 } },
  'is slow': { takesMs: 20_000, outcome: { kind: 'delivered', status: 204 } },
  'is down': { takesMs: 5, outcome: { kind: 'failed', lost: 'connection' } },
  hangs: { takesMs: 30_000, outcome: { kind: 'failed', lost: 'timeout' } },
  'answers 500': { takesMs: 100, outcome: { kind: 'failed', status: 500 } },
  'answers 429': { takesMs: 20, outcome: { kind: 'failed', status: 429, retryAfterMs: 40_000 } },
  'is refused': { takesMs: 5, outcome: { kind: 'blocked', why: 'must be public' } },
} as const satisfies Record<string, { takesMs: number; outcome: DeliveryOutcome }>;

/** How long a received message is hidden, and how often it is received before it is a dead letter (`serverless.yml`). */
const visibilityTimeoutMs = 130_000;
const maxReceiveCount = 10;
/** What a call to SQS and one to DynamoDB take. */
const callMs = 10;

interface Entry {
  readonly message: ForwardMessage;
  receives: number;
}

export interface WorldOptions {
  /** Runs at once, each a process with a memory of its own; 1 unless said. */
  readonly runs?: number;
  /** Messages that a run serves at once; 40 unless said. */
  readonly slots?: number;
  readonly maxWaiting?: number;
  /** Asked whenever a message was served: the run crashes before it could delete it. Never unless said. */
  readonly crashes?: () => boolean;
}

/**
 * The forwarding of callbacks in made-up time: a queue that gives out the oldest message first and knows nothing of fairness, runs
 * that serve several messages at once, and targets with their phases.
 */
export class ForwardingWorld {
  readonly clock = new VirtualClock();
  readonly startMs = this.clock.now();
  readonly arrived: (Pick<WebhookRequest, 'headerId' | 'body'> & { readonly atMs: number })[] = [];
  readonly deadLetters: ForwardMessage[] = [];
  readonly stored = new Map<string, string>();
  /** Requests that were made to each target. */
  readonly attempts = new Map<string, number>();
  /** Messages that were received. */
  receives = 0;
  /** Most messages that were received and not deleted at a time. */
  mostInFlight = 0;
  #inFlight = 0;
  #visible: Entry[] = [];
  readonly #left = new Set<Entry>();
  readonly #counts = new Map<string, Map<number, number>>();
  #changed = Promise.withResolvers<void>();
  readonly #phases: ReadonlyMap<string, readonly Phase[]>;
  readonly #random: () => number;
  readonly #options: Required<WorldOptions>;

  /** `phases` of each target, by callback key; after them it answers. */
  constructor(
    phases: ReadonlyMap<string, readonly Phase[]>,
    random: () => number,
    options: WorldOptions = {},
  ) {
    this.#phases = phases;
    this.#random = random;
    this.#options = { runs: 1, slots: 40, maxWaiting: 10_000, crashes: () => false, ...options };
    for (let run = 0; run < this.#options.runs; run += 1) void this.#run(this.#ports());
  }

  /** Messages that are left, whether they wait or are in flight. */
  get waiting(): readonly ForwardMessage[] {
    return [...this.#left].map(({ message }) => message);
  }

  /** The callback is received `afterMs` from the start. `isLarge`: so is its body, which is stored. */
  receive(callbackKey: string, id: string, body: Uint8Array, afterMs: number, isLarge: boolean): void {
    const receivedAtMs = this.startMs + afterMs;
    const sealed = Buffer.from(body).toString('base64');
    if (isLarge) this.stored.set(id, sealed);
    const message: ForwardMessage = {
      kind: 'forward',
      callbackKey,
      deliveryId: id,
      receivedAtMs,
      contentType: 'application/json',
      bytes: isLarge ? 5 * 1024 * 1024 : body.byteLength,
      body: isLarge ? { stored: true } : { sealed },
    };
    this.#enqueue({ message, receives: 0 }, receivedAtMs);
  }

  #enqueue(entry: Entry, visibleAtMs: number): void {
    this.#left.add(entry);
    this.clock.at(visibleAtMs, () => {
      if (!this.#left.has(entry)) return;
      this.#visible.push(entry);
      this.#wake();
    });
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #run(ports: ForwardPorts): Promise<void> {
    let open = 0;
    for (;;) {
      const batch = this.#visible.splice(0, Math.min(10, this.#options.slots - open));
      if (batch.length === 0) {
        await this.#changed.promise;
        continue;
      }
      open += batch.length;
      this.receives += batch.length;
      this.#inFlight += batch.length;
      this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
      await this.clock.sleep(callMs);
      for (const entry of batch) {
        const served = () => {
          open -= 1;
          this.#inFlight -= 1;
          this.#wake();
        };
        void this.#serve(entry, ports).then(served, served);
      }
    }
  }

  async #serve(entry: Entry, ports: ForwardPorts): Promise<void> {
    entry.receives += 1;
    const run = { budgetMs: visibilityTimeoutMs, signal: new AbortController().signal };
    const result = await forwardCallback(entry.message, ports, run);
    if (result.kind === 'ack' && !this.#options.crashes()) this.#left.delete(entry);
    else if (entry.receives < maxReceiveCount) this.#enqueue(entry, this.clock.now() + visibilityTimeoutMs);
    else this.deadLetters.push(entry.message);
  }

  #ports(): ForwardPorts {
    const record: CallbackRecord = {
      rev: 1,
      tokenKey: new Uint8Array(32),
      salt: new Uint8Array(16),
      idHash: new Uint8Array(32),
      registered: true,
      createdAtMs: this.startMs,
      ownHosts: [],
    };
    const called = <T>(answer: T): Promise<T> => this.clock.sleep(callMs).then(() => answer);
    const countsOf = (callbackKey: string) => {
      const counts = this.#counts.get(callbackKey) ?? new Map<number, number>();
      this.#counts.set(callbackKey, counts);
      return counts;
    };
    return {
      callbacks: { load: (callbackKey) => called({ ...record, forwardTo: callbackKey }) },
      bodyStore: { get: async (deliveryId) => this.stored.get(deliveryId) },
      opener: { open: async (sealed) => Buffer.from(sealed, 'base64') },
      parse: () => ({ kind: 'unknown' }),
      webhook: { deliver: (delivery) => this.#deliver(delivery) },
      queue: {
        send: async (message, delayS) => {
          if (!Number.isInteger(delayS) || delayS < 0 || delayS > 900) throw new RangeError(`${delayS}`);
          await called(undefined);
          this.#enqueue({ message, receives: 0 }, this.clock.now() + delayS * 1000);
        },
      },
      deadLetters: { send: async (message) => void this.deadLetters.push(message) },
      targets: createTargets(this.#options.slots),
      waiting: createWaitingCallbacks(
        {
          add: async (callbackKey, bucketMs, change) => {
            const counts = countsOf(callbackKey);
            counts.set(bucketMs, (counts.get(bucketMs) ?? 0) + change);
            return called(counts.get(bucketMs) ?? 0);
          },
          load: async (callbackKey, fromMs) =>
            called([...countsOf(callbackKey)].filter(([bucketMs]) => bucketMs >= fromMs)),
        },
        this.#options.maxWaiting,
        this.clock,
      ),
      ownHosts: [],
      clock: this.clock,
      random: this.#random,
    };
  }

  async #deliver({ target, headerId, body }: WebhookRequest): Promise<DeliveryOutcome> {
    this.attempts.set(target, (this.attempts.get(target) ?? 0) + 1);
    const { takesMs, outcome } = conducts[this.#conductOf(target)];
    await this.clock.sleep(takesMs);
    if (outcome.kind === 'delivered') this.arrived.push({ headerId, body, atMs: this.clock.now() });
    return outcome;
  }

  #conductOf(target: string): Phase['does'] {
    let endsAtMs = this.startMs;
    for (const { lastsMs, does } of this.#phases.get(target) ?? []) {
      endsAtMs += lastsMs;
      if (this.clock.now() < endsAtMs) return does;
    }
    return 'answers';
  }
}
