import { createPausedTargets, type ForwardPorts, forwardCallback } from '../../lib/callbacks/forward.ts';
import type {
  CallbackRecord,
  DeliveryOutcome,
  ForwardMessage,
  WebhookRequest,
} from '../../lib/callbacks/ports.ts';
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
  'is refused': { takesMs: 5, outcome: { kind: 'blocked', why: 'must be public' } },
} as const satisfies Record<string, { takesMs: number; outcome: DeliveryOutcome }>;

/** How long a message is hidden that a worker has taken. */
const takenMs = 60_000;
/** How long a worker waits who finds no message at all. */
const idleMs = 60_000;

interface Waiting {
  readonly message: ForwardMessage;
  visibleAtMs: number;
}

/** The forwarding of callbacks in made-up time: a queue of hidden messages, workers with memories of their own, and targets with their phases. */
export class ForwardingWorld {
  readonly clock = new VirtualClock();
  readonly startMs = this.clock.now();
  readonly arrived: (Pick<WebhookRequest, 'headerId' | 'body'> & { readonly atMs: number })[] = [];
  readonly deadLetters: ForwardMessage[] = [];
  readonly stored = new Map<string, string>();
  /** Requests that were made to each target. */
  readonly attempts = new Map<string, number>();
  #queue: Waiting[] = [];
  readonly #phases: ReadonlyMap<string, readonly Phase[]>;
  readonly #random: () => number;

  /** `phases` of each target, by callback key; after them it answers. */
  constructor(phases: ReadonlyMap<string, readonly Phase[]>, random: () => number, workers: number) {
    this.#phases = phases;
    this.#random = random;
    for (let worker = 0; worker < workers; worker += 1) void this.#work(this.#ports());
  }

  get waiting(): number {
    return this.#queue.length;
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
      body: isLarge ? { stored: true } : { sealed },
    };
    this.#queue.push({ message, visibleAtMs: receivedAtMs });
  }

  async #work(ports: ForwardPorts): Promise<void> {
    // What is received before the time begins to run is there from the start.
    await this.clock.sleep(0);
    for (;;) {
      const [next] = this.#queue.toSorted((one, other) => one.visibleAtMs - other.visibleAtMs);
      const waitMs = (next?.visibleAtMs ?? this.clock.now() + idleMs) - this.clock.now();
      if (next && waitMs <= 0) await this.#serve(next, ports);
      else await this.clock.sleep(waitMs);
    }
  }

  async #serve(waiting: Waiting, ports: ForwardPorts): Promise<void> {
    waiting.visibleAtMs = this.clock.now() + takenMs;
    const extendVisibility = async (seconds: number) => {
      waiting.visibleAtMs = this.clock.now() + seconds * 1000;
    };
    const signal = new AbortController().signal;
    const served = await forwardCallback(waiting.message, { extendVisibility }, ports, signal);
    if (served.kind === 'ack') this.#queue = this.#queue.filter((other) => other !== waiting);
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
    return {
      callbacks: { load: async (callbackKey) => ({ ...record, forwardTo: callbackKey }) },
      bodyStore: { get: async (deliveryId) => this.stored.get(deliveryId) },
      parse: () => ({ kind: 'unknown' }),
      opener: { open: async (sealed) => Buffer.from(sealed, 'base64') },
      webhook: { deliver: (delivery) => this.#deliver(delivery) },
      deadLetters: { send: async (message) => void this.deadLetters.push(message) },
      paused: createPausedTargets(),
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
