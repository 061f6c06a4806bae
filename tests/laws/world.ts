import { applyCallback } from '../../lib/callbacks/apply.ts';
import type { CallbackEvent } from '../../lib/callbacks/event.ts';
import { createRecentRooms } from '../../lib/chatrooms/discover.ts';
import { createSavedRooms } from '../../lib/chatrooms/saved-rooms.ts';
import { deviceOwnerOf } from '../../lib/device/keys.ts';
import { defaultPolicy } from '../../lib/device/policy.test-data.ts';
import { longestLineMs, type Policy } from '../../lib/device/policy.ts';
import type { MessageHandle, RefreshMessage, ScheduleQueue } from '../../lib/device/ports.ts';
import { upsertSubscription } from '../../lib/device/subscribe.ts';
import type { SubscriptionInput } from '../../lib/device/subscription-rules.ts';
import { silentTelemetry } from '../../lib/device/telemetry.test-data.ts';
import type { Telemetry } from '../../lib/device/telemetry.ts';
import { handleDeadLetter } from '../../lib/refresh/dead-letter.ts';
import { eraseDevice } from '../../lib/refresh/erase.ts';
import { deadlineAfter } from '../../lib/refresh/refresh-rules.ts';
import { fetchContacts } from '../../lib/refresh/run-step.ts';
import { startRefresh } from '../../lib/refresh/start.ts';
import { startDueDevices } from '../../lib/refresh/start-due.ts';
import {
  currentTrace,
  invocationsIn,
  longestChain,
  nextTrace,
  withTrace,
} from '../../mocks/local-stack/trace.ts';
import { type CallPlan, MadeUpGewe } from './made-up-gewe.ts';
import { MemoryStores } from './memory-stores.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What happens to the next call of a worker to anything outside itself. */
export type Fate = 'goes-well' | 'dies-before' | 'dies-after' | 'stalls';

/** A call by its name and number, from 1, and its fate: so a life that was found once stays the same life when others call less. */
export type Strike = readonly [call: string, number: number, fate: Fate];

const success = { kind: 'success' as const };

export const secret = { token: 'canary-token', appId: 'wx_law' };
const owner = deviceOwnerOf(secret);
export const { deviceKey } = owner;
const workerName = 'fetch-contacts';
const visibilityTimeoutMs = 330_000;
const maxReceives = 10;
/** Lambda ends the worker then. */
export const workerLifeMs = 300_000;
/** Nobody who calls, schedules or processes a callback goes on for longer, be it frozen and thawed in between. */
const otherLifeMs = 900_000;

/** When a refresh that begins at some time has ended, whatever dies: what nobody sent a message of counts as lost in line. */
export const endsBy = (nowMs: number) => deadlineAfter(nowMs, defaultPolicy) + longestLineMs;

interface Queued {
  readonly message: RefreshMessage;
  /** The trace header that it was sent with. */
  readonly trace: string | undefined;
  visibleAtMs: number;
  receives: number;
}

/** What may differ between worlds. */
export interface WorldOptions {
  readonly policy?: Policy;
  /** Absent: the chain of messages comes to the worker as often as it will; false: Lambda stops it. */
  readonly allowsLoops?: boolean;
  /** What a worker has left of its time for each message; absent: all of it. */
  readonly budgetMs?: number;
}

/** One device's world: GeWe, stores, a queue and workers that may die or stall at every call they make. */
export class World {
  readonly clock = new VirtualClock();
  readonly stores = new MemoryStores(this.clock);
  readonly gewe: MadeUpGewe;
  /** The ids of the refreshes whose end was reported to the telemetry. */
  readonly reportedEnds: string[] = [];
  /** How many dead letters were reported to it as handled. */
  reportedDeadLetters = 0;
  /** How many messages became dead letters. */
  deadLetters = 0;
  /** Every message that was sent, in order. */
  readonly sent: RefreshMessage[] = [];
  /** How often one chain of messages came to a worker, at most. */
  longestChain = 0;
  /** Where the times lie that scheduled refreshes begin at together. */
  phaseMs = 0;
  /**
   * How long messages wait in line at most, in this life: nobody else is before them, but who dies before a message is claimed leaves it
   * hidden for a while, and who stalls comes later.
   */
  readonly mostInLineMs: number;
  #fates: Fate[];
  #strikes: readonly Strike[];
  readonly #calls = new Map<string, number>();
  #queue: Queued[] = [];
  #serial = 0;
  readonly #policy: Policy;
  readonly #allowsLoops: boolean;
  readonly #budgetMs: number;

  constructor(
    fates: readonly Fate[],
    plans: readonly CallPlan[],
    strikes: readonly Strike[] = [],
    { policy = defaultPolicy, allowsLoops = true, budgetMs = workerLifeMs }: WorldOptions = {},
  ) {
    this.#policy = policy;
    this.#allowsLoops = allowsLoops;
    this.#budgetMs = budgetMs;
    const troubles = [...fates, ...strikes].filter((fate) => fate !== 'goes-well').length;
    this.mostInLineMs = troubles * visibilityTimeoutMs;
    this.#fates = [...fates];
    this.#strikes = strikes;
    this.gewe = new MadeUpGewe(this.clock, plans);
  }

  get #telemetry(): Telemetry {
    return {
      ...silentTelemetry,
      ended: ({ id }) => void this.reportedEnds.push(id),
      deadLetterHandled: () => {
        this.reportedDeadLetters += 1;
      },
    };
  }

  /** From now on nothing dies, stalls or goes wrong upstream. */
  calmDown(): void {
    this.#fates = [];
    this.#strikes = [];
    this.gewe.calmDown();
  }

  #next(): string {
    this.#serial += 1;
    return String(this.#serial);
  }

  /** Somebody starts a refresh, without waiting; undefined when that somebody died on the way. */
  async start(): ReturnType<typeof startRefresh> {
    const ports = {
      records: this.stores,
      archive: this.stores.archive,
      queue: this.#refreshQueue,
      sealer: { seal: async () => 'sealed' },
    };
    const suffix = this.#next().padStart(16, '0');
    return startRefresh(
      { owner, trigger: 'api', waitMs: 0 },
      {
        ...this.#mortal(ports),
        clock: this.clock,
        policy: this.#policy,
        newRefreshSuffix: () => suffix,
        telemetry: this.#telemetry,
      },
      new AbortController().signal,
    );
  }

  /** The device is subscribed, anew when it has no subscription; nobody dies of it. */
  async subscribe(input: SubscriptionInput): Promise<void> {
    const ports = {
      records: this.stores,
      subscriptions: this.stores.subscriptions,
      tokens: this.stores.tokens,
      account: { checkOnline: async () => success, setCallback: async () => success },
      sealer: { seal: async () => 'sealed' },
      clock: this.clock,
      newSubscriptionSuffix: () => this.#next().padStart(8, '0'),
    };
    await upsertSubscription(owner, input, ports, new AbortController().signal);
  }

  /** The schedule's minute has come; whoever serves it may die. */
  async tick(): Promise<void> {
    const suffix = this.#next().padStart(16, '0');
    const ports = {
      ...this.#mortal({
        records: this.stores,
        archive: this.stores.archive,
        subscriptions: this.stores.subscriptions,
        queue: this.#refreshQueue,
        scheduleQueue: this.#refreshQueue,
      }),
      index: this.stores.index,
      clock: this.clock,
      policy: this.#policy,
      newRefreshSuffix: () => suffix,
      phaseMs: this.phaseMs,
      capacity: { runs: 2, callsPerRun: 5 },
      telemetry: this.#telemetry,
    };
    await startDueDevices(ports, new AbortController().signal).catch(() => undefined);
  }

  /** Somebody erases the device: who gets no answer calls again. */
  async erase(): Promise<void> {
    const ports = { records: this.stores, eraser: this.stores.eraser, queue: this.#refreshQueue };
    await this.#untilServed(() => eraseDevice(deviceKey, { ...this.#mortal(ports), clock: this.clock }));
  }

  /** A callback reports a change: its message comes again until it is served to its end. */
  async change(): Promise<void> {
    await this.#applyCallback({ kind: 'contact', appId: secret.appId, change: 'modified' });
  }

  /** A callback shows that there is a chatroom. */
  async discover(roomId: string): Promise<void> {
    const writtenAtMs = this.clock.now();
    await this.#applyCallback({ kind: 'message', appId: secret.appId, room: roomId, writtenAtMs });
  }

  async #applyCallback(event: CallbackEvent): Promise<void> {
    const receivedAtMs = this.clock.now();
    await this.#untilServed(() => {
      const outside = this.#mortal({
        records: this.stores,
        subscriptions: this.stores.subscriptions,
        snapshots: this.stores.snapshots,
        chatrooms: this.stores.chatrooms,
        queue: this.#refreshQueue,
        callbackQueue: { send: async () => undefined },
      });
      const savedRooms = createSavedRooms(outside);
      const { clock } = this;
      const recentRooms = createRecentRooms();
      const ports = { ...outside, savedRooms, recentRooms, clock, policy: this.#policy };
      return applyCallback(event, owner.tokenKey, receivedAtMs, ports);
    });
  }

  async #untilServed(serve: () => Promise<unknown>): Promise<void> {
    for (;;) {
      const isServed = await serve().then(
        () => true,
        () => false,
      );
      if (isServed) return;
      await this.clock.sleep(70_000);
    }
  }

  /** Lets time pass; the schedule looks once a minute. */
  async pass(ms: number): Promise<void> {
    for (const untilMs = this.clock.now() + ms; this.clock.now() < untilMs; ) {
      await this.clock.runUntil(Math.min(untilMs, this.clock.now() + 60_000));
      void this.tick();
    }
    await this.clock.runUntil(this.clock.now());
  }

  /** The refresh queue, and the schedule's: here nobody waits for a free slot. */
  get #refreshQueue(): ScheduleQueue {
    return {
      send: (message, delayS) => this.#send(message, delayS),
      sendAll: async (messages) => {
        for (const { message, delayS } of messages) await this.#send(message, delayS);
        return [];
      },
      backlog: async () => {
        const visible = this.#queue.filter(({ visibleAtMs }) => visibleAtMs <= this.clock.now()).length;
        return { visible, delayed: this.#queue.length - visible, inFlight: 0 };
      },
    };
  }

  async #send(message: RefreshMessage, delayS: number): Promise<void> {
    this.sent.push(message);
    const visibleAtMs = this.clock.now() + delayS * 1000;
    const queued = { message, trace: currentTrace(), visibleAtMs, receives: 0 };
    this.#queue.push(queued);
    this.#deliverAt(queued);
  }

  /** The queue delivers at least once: a message that shows is received, again and again, until it is deleted. */
  #deliverAt(queued: Queued): void {
    this.clock.at(queued.visibleAtMs, () => {
      if (!this.#queue.includes(queued) || this.clock.now() < queued.visibleAtMs) return;
      void withTrace(this.#traceOf(queued), () => this.#deliver(queued));
    });
  }

  /** Of the worker's invocation with a message. One that Lambda stops makes the message a dead letter. */
  #traceOf(queued: Queued): string {
    const rounds = invocationsIn(queued.trace, workerName);
    const isStopped = !this.#allowsLoops && rounds >= longestChain;
    if (isStopped) queued.receives = Math.max(queued.receives, maxReceives);
    else this.longestChain = Math.max(this.longestChain, rounds + 1);
    return nextTrace(queued.trace, workerName);
  }

  async #deliver(queued: Queued): Promise<void> {
    queued.receives += 1;
    this.#show(queued, visibilityTimeoutMs);
    const dead = queued.receives > maxReceives;
    if (queued.receives === maxReceives + 1) this.deadLetters += 1;
    const handle: MessageHandle = { extendVisibility: async (seconds) => this.#show(queued, seconds * 1000) };
    const served = await (dead ? this.#failFromDeadLetter(queued, handle) : this.work(queued, handle)).catch(
      () => undefined,
    );
    if (served?.kind === 'ack') this.#queue = this.#queue.filter((other) => other !== queued);
  }

  #show(queued: Queued, inMs: number): void {
    queued.visibleAtMs = this.clock.now() + inMs;
    this.#deliverAt(queued);
  }

  /** A worker handles a message that was received so often. */
  work(
    { message, receives }: Pick<Queued, 'message' | 'receives'>,
    handle: MessageHandle,
    isFull = false,
  ): ReturnType<typeof fetchContacts> {
    const outside = this.#mortal(
      {
        records: this.stores,
        snapshots: this.stores.snapshots,
        changes: this.stores.changes,
        eraser: this.stores.eraser,
        queue: this.#refreshQueue,
        scheduleQueue: this.#refreshQueue,
        archive: this.stores.archive,
        subscriptions: this.stores.subscriptions,
        events: this.stores.events,
        tokens: this.stores.tokens,
        resealer: { reseal: async () => undefined },
        opener: { open: async () => secret },
        upstream: this.gewe,
        handle,
      },
      workerLifeMs,
    );
    const worker = this.#next();
    const newRefreshSuffix = () => worker.padStart(16, '0');
    const ports = {
      ...outside,
      clock: this.clock,
      policy: this.#policy,
      newOwner: () => worker,
      newRefreshSuffix,
      telemetry: this.#telemetry,
    };
    const signal = new AbortController().signal;
    const run = { budgetMs: this.#budgetMs, signal, isFull, receives };
    return fetchContacts(message, outside.handle, ports, run);
  }

  #failFromDeadLetter({ message }: Queued, handle: MessageHandle): ReturnType<typeof handleDeadLetter> {
    const { eraser, events } = this.stores;
    const outside = this.#mortal({ records: this.stores, eraser, events, handle }, workerLifeMs);
    const ports = { ...outside, clock: this.clock, telemetry: this.#telemetry };
    return handleDeadLetter(message, outside.handle, ports);
  }

  #fateOf(call: string): Fate {
    const number = (this.#calls.get(call) ?? 0) + 1;
    this.#calls.set(call, number);
    const strike = this.#strikes.find(([name, nth]) => name === call && nth === number);
    return strike?.[2] ?? this.#fates.shift() ?? 'goes-well';
  }

  /** The same ports, for somebody who may die or stall at every call. Who is dead calls nobody any more. */
  #mortal<Ports extends object>(ports: Ports, lifeMs = otherLifeMs): Ports {
    const life = { dead: false, stalledUntilMs: 0, endsAtMs: this.clock.now() + lifeMs };
    const isOver = () => life.dead || this.clock.now() >= life.endsAtMs;
    const wrap = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return async (...args: unknown[]) => {
            if (isOver()) throw new Error('dead');
            const fate = this.#fateOf(String(name));
            life.dead = fate === 'dies-before' || fate === 'dies-after';
            if (fate === 'dies-before') throw new Error('died before');
            if (fate === 'stalls') life.stalledUntilMs = this.clock.now() + 100_000;
            await this.clock.sleep(Math.max(0, life.stalledUntilMs - this.clock.now()));
            if (this.clock.now() >= life.endsAtMs) throw new Error('ended in its sleep');
            const result: unknown = await Reflect.apply(method, target, args);
            if (fate === 'dies-after') throw new Error('died after');
            return result;
          };
        },
      });
    const mortal: Record<string, unknown> = {};
    for (const [name, port] of Object.entries(ports)) mortal[name] = wrap(port);
    return { ...ports, ...mortal };
  }
}
