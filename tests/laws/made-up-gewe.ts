import type { Contacts } from '../../lib/device/contacts.ts';
import type { Upstream, UpstreamAnswer } from '../../lib/device/ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How one list call goes. */
export interface CallPlan {
  /** How long GeWe works on it, whether anybody still listens or not. */
  readonly worksS: number;
  readonly ends: 'list' | 'same-list' | 'short-list' | 'empty' | 'offline' | 'rejected' | 'error';
  /** The connection breaks this long after the call began; GeWe goes on. */
  readonly breaksAfterS?: number;
}

const rememberedMs = 600_000;

/** A GeWe whose calls go as planned, with a list that is a new version at every call but `same-list`, and a cache of ten minutes. */
export class MadeUpGewe implements Upstream {
  readonly #clock: VirtualClock;
  #plans: CallPlan[];
  #latest = { version: 0, contacts: versionOf(0, 30) };
  #working = 0;
  #cached: { contacts: Contacts; atMs: number } | undefined;
  /** The most list calls that GeWe ever had at work at once. */
  mostAtOnce = 0;
  /** When each list call began. */
  readonly begunAtMs: number[] = [];

  constructor(clock: VirtualClock, plans: readonly CallPlan[]) {
    this.#clock = clock;
    this.#plans = [...plans];
  }

  calmDown(): void {
    this.#plans = [];
  }

  async fetchList(_secret: unknown, timeoutMs: number, signal: AbortSignal): Promise<UpstreamAnswer> {
    const plan = this.#plans.shift() ?? { worksS: 5, ends: 'list' };
    const answer = this.#work(plan);
    const breaksMs = Math.min(timeoutMs, (plan.breaksAfterS ?? Number.POSITIVE_INFINITY) * 1000);
    const broken = this.#clock.sleep(Math.min(breaksMs, 10_000_000), signal).then((): UpstreamAnswer => {
      signal.throwIfAborted();
      const timedOut = breaksMs === timeoutMs;
      return { kind: 'failure', class: timedOut ? 'upstream-timeout' : 'upstream-error', mayStillRun: true };
    });
    return Promise.race([answer, broken]);
  }

  async #work(plan: CallPlan): Promise<UpstreamAnswer> {
    this.#working += 1;
    this.begunAtMs.push(this.#clock.now());
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#working);
    if (plan.ends !== 'same-list') {
      const version = this.#latest.version + 1;
      this.#latest = { version, contacts: versionOf(version, plan.ends === 'short-list' ? 3 : 30) };
    }
    const { contacts } = this.#latest;
    await this.#clock.sleep(plan.worksS * 1000);
    this.#working -= 1;
    switch (plan.ends) {
      case 'list':
      case 'same-list':
      case 'short-list':
        this.#cached = { contacts, atMs: this.#clock.now() };
        return { kind: 'list', contacts };
      case 'empty':
        return { kind: 'empty' };
      case 'offline':
        return { kind: 'failure', class: 'device-offline', mayStillRun: false };
      case 'rejected':
        return { kind: 'failure', class: 'token-rejected', mayStillRun: false };
      case 'error':
        return { kind: 'failure', class: 'upstream-error', mayStillRun: false };
    }
  }

  async fetchCached(): Promise<UpstreamAnswer> {
    const cached = this.#cached;
    if (cached && this.#clock.now() - cached.atMs < rememberedMs) {
      return { kind: 'list', contacts: cached.contacts };
    }
    return { kind: 'empty' };
  }
}

/** Most ids are in every version; the last one tells which it is. */
export function versionOf(version: number, size: number): Contacts {
  const friends = Array.from({ length: size - 1 }, (_, index) => `wxid_${index}`);
  return { friends: [...friends, `version_${version}`], chatrooms: ['1@chatroom'], ghs: [] };
}

/** Which version a list is; throws when it is none, whole. */
export function versionIn(contacts: Contacts): number {
  const version = Number(contacts.friends.at(-1)?.replace('version_', ''));
  const whole = [30, 3].some((size) => JSON.stringify(contacts) === JSON.stringify(versionOf(version, size)));
  if (!whole) throw new Error(`no complete list: ${JSON.stringify(contacts)}`);
  return version;
}
