import { tombstoneRetentionMs } from '../../lib/aws/dynamodb/record-store.ts';
import { partDigestOf } from '../../lib/aws/dynamodb/snapshot-parts.ts';
import { packedSnapshots } from '../../lib/aws/dynamodb/snapshot-store.ts';
import type { ChatroomStore } from '../../lib/chatrooms/ports.ts';
import type { Chatroom } from '../../lib/chatrooms/room-rules.ts';
import type { Change } from '../../lib/device/changes.ts';
import type { DeviceEvent } from '../../lib/device/outbox-rules.ts';
import { resultRetentionMs } from '../../lib/device/policy.ts';
import type {
  AcceptedTokens,
  ChangeStore,
  Clock,
  DueIndex,
  Eraser,
  EventBus,
  RecordStore,
  RefreshArchive,
  SealedSubscription,
  SubscriptionStore,
} from '../../lib/device/ports.ts';
import type { DeviceRecord, EndedRefresh } from '../../lib/device/record.ts';
import { dueShardOf } from '../../lib/refresh/schedule-rules.ts';

/** As `lib/aws/dynamodb/change-store.ts` keeps them. */
const changeRetentionMs = 30 * 24 * 3_600_000;

/** Something kept for a device beside its record; `fence`: as the real stores have it, for erasure. */
interface Kept<Value> {
  readonly deviceKey: string;
  readonly fence: number;
  readonly value: Value;
}

/** One kind of item: under a key, the latest put stays. */
class Items<Value> {
  readonly #items = new Map<string, Kept<Value>>();

  get(deviceKey: string, sk: string | number): Kept<Value> | undefined {
    return this.#items.get(`${deviceKey} ${sk}`);
  }

  put(deviceKey: string, sk: string | number, fence: number, value: Value): void {
    this.#items.set(`${deviceKey} ${sk}`, { deviceKey, fence, value });
  }

  delete(deviceKey: string, sk: string | number): void {
    this.#items.delete(`${deviceKey} ${sk}`);
  }

  of(deviceKey: string): readonly Kept<Value>[] {
    return [...this.#items.values()].filter((kept) => kept.deviceKey === deviceKey);
  }

  erase(deviceKey: string, rev: number): void {
    for (const [key, kept] of this.#items) {
      if (kept.deviceKey === deviceKey && kept.fence <= rev) this.#items.delete(key);
    }
  }
}

/**
 * What the stores promise, in its simplest form: for trying out the rules in thousands of made-up lives. The real
 * stores keep the same promises, and have tests of their own against the real protocol.
 */
export class MemoryStores implements RecordStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #records = new Map<string, DeviceRecord>();
  readonly #parts = new Items<Uint8Array>();
  readonly #changes = new Items<Change>();
  readonly #archived = new Items<EndedRefresh>();
  readonly #sealed = new Items<SealedSubscription>();
  readonly #rooms = new Items<Chatroom>();
  readonly #roomCalls = new Items<number>();
  /** Each erasure of a device, by its tombstone: the revision, and when it was stored. */
  readonly tombstones: { readonly rev: number; readonly atMs: number }[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async load(deviceKey: string): Promise<DeviceRecord | undefined> {
    return this.recordOf(deviceKey);
  }

  /** The record as it stands: a tombstone whose time is over has been deleted. */
  recordOf(deviceKey: string): DeviceRecord | undefined {
    const record = this.#records.get(deviceKey);
    const { erasedAtMs } = record ?? {};
    return erasedAtMs !== undefined && this.#clock.now() >= erasedAtMs + tombstoneRetentionMs
      ? undefined
      : record;
  }

  async compareAndSet(deviceKey: string, next: DeviceRecord): Promise<boolean> {
    const before = this.recordOf(deviceKey);
    if ((before?.rev ?? 0) !== next.rev - 1) return false;
    // Nobody changes a record in place.
    this.#records.set(deviceKey, next);
    if (next.erasedAtMs !== undefined) this.tombstones.push({ rev: next.rev, atMs: this.#clock.now() });
    return true;
  }

  readonly snapshots = packedSnapshots({
    write: async (deviceKey, slot, fence, parts) => {
      let isWhole = true;
      for (const [index, bytes] of parts.entries()) {
        const sk = `${slot} ${index}`;
        if ((this.#parts.get(deviceKey, sk)?.fence ?? 0) > fence) isWhole = false;
        else this.#parts.put(deviceKey, sk, fence, bytes);
      }
      return isWhole;
    },
    read: async (deviceKey, ref) => {
      const parts = ref.partDigests.map((digest, index) => {
        const bytes = this.#parts.get(deviceKey, `${ref.slot} ${index}`)?.value;
        return bytes && partDigestOf(bytes) === digest ? bytes : undefined;
      });
      return parts.includes(undefined)
        ? undefined
        : Buffer.concat(parts.filter((part) => part !== undefined));
    },
  });

  readonly changes: ChangeStore = {
    put: async (deviceKey, rev, change) => this.#changes.put(deviceKey, rev, rev, change),
    newestFirst: async function* (this: MemoryStores, deviceKey: string) {
      const newest = this.#changes.of(deviceKey).toSorted((one, other) => other.fence - one.fence);
      for (const { value: change } of newest) {
        if (this.#clock.now() < change.atMs + changeRetentionMs) yield change;
      }
    }.bind(this),
  };

  readonly archive: RefreshArchive = {
    put: async (deviceKey, rev, refresh) => this.#archived.put(deviceKey, refresh.id, rev, refresh),
    find: async (deviceKey, refreshId) => {
      const refresh = this.#archived.get(deviceKey, refreshId)?.value;
      return refresh && this.#clock.now() < refresh.endedAtMs + resultRetentionMs ? refresh : undefined;
    },
  };

  /** Ended refreshes, whether or not they can still be read. */
  archivedOf(deviceKey: string): readonly EndedRefresh[] {
    return this.#archived.of(deviceKey).map(({ value }) => value);
  }

  readonly subscriptions: SubscriptionStore = {
    put: async (deviceKey, rev, sealed) => {
      if ((this.#sealed.get(deviceKey, '')?.fence ?? 0) <= rev) this.#sealed.put(deviceKey, '', rev, sealed);
    },
    replace: async (deviceKey, rev, sealed) => {
      const kept = this.#sealed.get(deviceKey, '');
      if (kept?.value.suffix === sealed.suffix) this.#sealed.put(deviceKey, '', rev, sealed);
    },
    load: async (deviceKey) => this.#sealed.get(deviceKey, '')?.value,
    delete: async (deviceKey, suffix) => {
      if (this.#sealed.get(deviceKey, '')?.value.suffix === suffix) this.#sealed.delete(deviceKey, '');
    },
  };

  readonly chatrooms: ChatroomStore = {
    load: async (deviceKey, roomId) => this.#rooms.get(deviceKey, roomId)?.value,
    compareAndSet: async (deviceKey, fence, next) => {
      if ((this.#rooms.get(deviceKey, next.id)?.value.rev ?? 0) !== next.rev - 1) return false;
      this.#rooms.put(deviceKey, next.id, fence, next);
      return true;
    },
    list: async (deviceKey, afterId = '', atMost) =>
      this.#rooms
        .of(deviceKey)
        .map(({ value }) => value)
        .filter(({ id }) => id > afterId)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, atMost),
    reserve: async (deviceKey, fence, nowMs, intervalMs) => {
      const slotMs = Math.max(nowMs, this.#roomCalls.get(deviceKey, '')?.value ?? 0);
      this.#roomCalls.put(deviceKey, '', fence, slotMs + intervalMs);
      return slotMs;
    },
  };

  readonly index: DueIndex = {
    dueBefore: async function* (this: MemoryStores, nowMs: number, shard: number) {
      for (const deviceKey of this.#records.keys()) {
        const dueAtMs = this.recordOf(deviceKey)?.subscription?.dueAtMs;
        if (dueShardOf(deviceKey) === shard && dueAtMs !== undefined && dueAtMs <= nowMs)
          yield { deviceKey, dueAtMs };
      }
    }.bind(this),
    load: async (deviceKeys) =>
      new Map(
        deviceKeys.map((deviceKey) => {
          const record = this.recordOf(deviceKey);
          const sealed = this.#sealed.get(deviceKey, '')?.value;
          return [deviceKey, { ...(record && { record }), ...(sealed && { sealed }) }];
        }),
      ),
  };

  /** Every event that was published, in order; repeats stand as often as they were published. */
  readonly published: DeviceEvent[] = [];
  /** When each of them was. */
  readonly publishedAtMs: number[] = [];
  readonly events: EventBus = {
    publish: async (events) => {
      for (const event of events) {
        this.published.push(event);
        this.publishedAtMs.push(this.#clock.now());
      }
    },
  };

  readonly tokens: AcceptedTokens = { note: async () => undefined, has: async () => true };

  get #erasable() {
    return [this.#parts, this.#changes, this.#archived, this.#sealed, this.#rooms, this.#roomCalls] as const;
  }

  readonly eraser: Eraser = {
    erase: async (deviceKey, rev) => {
      for (const items of this.#erasable) items.erase(deviceKey, rev);
    },
  };

  /** The fences of everything kept for the device beside its record. */
  fencesOf(deviceKey: string): readonly number[] {
    return this.#erasable.flatMap((items) => items.of(deviceKey).map(({ fence }) => fence));
  }
}
