import { expect } from 'vitest';
import { unpackBody } from '../../lib/aws/dynamodb/snapshot-body.ts';
import { isOpen, type Refresh } from '../../lib/device/record.ts';
import { readContacts, readRefresh } from '../../lib/refresh/read.ts';
import { versionIn } from './made-up-gewe.ts';
import { deviceKey, endsBy, type World, workerLifeMs } from './world.ts';

/** What was seen of a device since it was erased last. */
interface Seen {
  readonly version: number;
  readonly digest?: string;
  readonly asOfMs: number;
  readonly changedAtMs: number;
}

const nothingSeen: Seen = { version: 0, asOfMs: 0, changedAtMs: 0 };

/** Watches a world as callers see it, and complains as soon as a law is broken (their numbers: `docs/design.md`). */
export class Observer {
  readonly #world: World;
  readonly #promised = new Map<string, { byMs: number; ended?: Refresh }>();
  /** Refreshes from before the last erasure. */
  readonly #erasedIds = new Set<string>();
  #erasures = 0;
  #seen = nothingSeen;

  constructor(world: World) {
    this.#world = world;
  }

  /** A caller was answered that there is this refresh. */
  promise(refreshId: string): void {
    const byMs = endsBy(this.#world.clock.now()) + this.#world.mostInLineMs;
    if (this.#isErased(refreshId)) this.#erasedIds.add(refreshId);
    else if (!this.#promised.has(refreshId)) this.#promised.set(refreshId, { byMs });
  }

  async look(): Promise<void> {
    this.#forgetErased();
    expect(this.#world.gewe.mostAtOnce, 'law 2').toBeLessThanOrEqual(1);
    const changedSinceMs = await this.#lookAtRefreshes();
    await this.#lookAtList(changedSinceMs);
    await this.#lookForErased();
  }

  /** Nothing from before the last erasure is kept: to be asked when that has had its time. */
  expectErased(): void {
    const { tombstones } = this.#world.stores;
    const rev = tombstones.at(-1)?.rev ?? 0;
    for (const fence of this.#world.stores.fencesOf(deviceKey)) expect(fence, 'law 18').toBeGreaterThan(rev);
  }

  async #lookAtRefreshes(): Promise<number> {
    const { stores, clock } = this.#world;
    let changedSinceMs = 0;
    for (const [id, promise] of this.#promised) {
      const seen = await readRefresh(deviceKey, id, { records: stores, archive: stores.archive, clock });
      if (seen === undefined) {
        // Readable for 24 h after its end, and no longer.
        expect(promise.ended).toBeDefined();
        continue;
      }
      const { refresh } = seen;
      if (promise.ended) expect(refresh).toEqual(promise.ended);
      if (clock.now() >= promise.byMs) expect(isOpen(refresh), 'law 1').toBe(false);
      if (!isOpen(refresh)) promise.ended = refresh;
      const brought = 'result' in refresh ? (refresh.result?.added ?? 0) + (refresh.result?.removed ?? 0) : 0;
      if (brought > 0) changedSinceMs = Math.max(changedSinceMs, refresh.startedAtMs ?? 0);
    }
    return changedSinceMs;
  }

  async #lookAtList(changedSinceMs: number): Promise<void> {
    const { stores } = this.#world;
    const stored = await readContacts(deviceKey, { records: stores, snapshots: stores.snapshots });
    if (stored.kind !== 'list') {
      expect(this.#seen.version, 'law 5').toBe(0);
      expect(changedSinceMs, 'law 8').toBe(0);
      return;
    }
    const { digest, asOfMs, changedAtMs, receivedAtMs } = stored.snapshot;
    const version = versionIn(unpackBody(stored.gzip));
    expect(changedAtMs, 'law 8').toBeGreaterThanOrEqual(changedSinceMs);
    expect(version, 'law 4').toBeGreaterThanOrEqual(this.#seen.version);
    expect(asOfMs, 'law 4').toBeGreaterThanOrEqual(this.#seen.asOfMs);
    if (digest === this.#seen.digest) expect(changedAtMs).toBe(this.#seen.changedAtMs);
    expect(receivedAtMs, 'law 18').toBeGreaterThanOrEqual(stores.tombstones.at(-1)?.atMs ?? 0);
    this.#seen = { version, digest, asOfMs, changedAtMs };
  }

  #isErased(refreshId: string): boolean {
    const rev = Number.parseInt(refreshId, 36);
    return rev <= (this.#world.stores.tombstones.at(-1)?.rev ?? 0);
  }

  #forgetErased(): void {
    const { tombstones } = this.#world.stores;
    if (tombstones.length === this.#erasures) return;
    this.#erasures = tombstones.length;
    this.#seen = nothingSeen;
    for (const id of this.#promised.keys()) {
      if (!this.#isErased(id)) continue;
      this.#promised.delete(id);
      this.#erasedIds.add(id);
    }
  }

  /** Nothing from before an erasure is served, nor published by workers who began after it. */
  async #lookForErased(): Promise<void> {
    const { stores, clock } = this.#world;
    // What somebody archived while it was erased goes with the second deletion; `expectErased` asks for that.
    const mayBeArchived = stores.recordOf(deviceKey)?.erasedAtMs === undefined;
    for (const id of mayBeArchived ? [] : this.#erasedIds) {
      const seen = await readRefresh(deviceKey, id, { records: stores, archive: stores.archive, clock });
      expect(seen, 'law 18').toBeUndefined();
    }
    for (const [index, event] of stores.published.entries()) {
      for (const { rev, atMs } of stores.tombstones) {
        if (event.rev > rev) continue;
        expect(stores.publishedAtMs[index], 'law 18').toBeLessThan(atMs + workerLifeMs);
      }
    }
  }
}
