import { partDigestOf } from '../../lib/aws/dynamodb/snapshot-parts.ts';
import { packedSnapshots } from '../../lib/aws/dynamodb/snapshot-store.ts';
import type { Change } from '../../lib/device/changes.ts';
import type { DeviceEvent } from '../../lib/device/outbox-rules.ts';
import type {
  AcceptedTokens,
  ChangeStore,
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

/**
 * What the stores promise, in its simplest form: for trying out the rules in thousands of made-up lives. The real
 * stores keep the same promises, and have tests of their own against the real protocol.
 */
export class MemoryStores implements RecordStore {
  readonly records = new Map<string, DeviceRecord>();
  readonly parts = new Map<string, { fence: number; bytes: Uint8Array }>();
  readonly written: { deviceKey: string; rev: number; change: Change }[] = [];
  readonly archived: { deviceKey: string; refresh: EndedRefresh }[] = [];

  async load(deviceKey: string): Promise<DeviceRecord | undefined> {
    return this.records.get(deviceKey);
  }

  async compareAndSet(deviceKey: string, next: DeviceRecord): Promise<boolean> {
    if ((this.records.get(deviceKey)?.rev ?? 0) !== next.rev - 1) return false;
    this.records.set(deviceKey, structuredClone(next));
    return true;
  }

  readonly snapshots = packedSnapshots({
    write: async (deviceKey, slot, fence, parts) => {
      for (const [index, bytes] of parts.entries()) {
        const key = `${deviceKey}#${slot}#${index}`;
        if ((this.parts.get(key)?.fence ?? 0) > fence) return false;
        this.parts.set(key, { fence, bytes });
      }
      return true;
    },
    read: async (deviceKey, ref) => {
      const parts = ref.partDigests.map((digest, index) => {
        const bytes = this.parts.get(`${deviceKey}#${ref.slot}#${index}`)?.bytes;
        return bytes && partDigestOf(bytes) === digest ? bytes : undefined;
      });
      return parts.includes(undefined)
        ? undefined
        : Buffer.concat(parts.filter((part) => part !== undefined));
    },
  });

  readonly changes: ChangeStore = {
    put: async (deviceKey, rev, change) => void this.written.push({ deviceKey, rev, change }),
    newestFirst: async function* (this: MemoryStores, deviceKey: string) {
      const own = this.written.filter((entry) => entry.deviceKey === deviceKey);
      yield* own.toSorted((one, other) => other.rev - one.rev).map(({ change }) => change);
    }.bind(this),
  };

  readonly archive: RefreshArchive = {
    put: async (deviceKey, _rev, refresh) => void this.archived.push({ deviceKey, refresh }),
    find: async (deviceKey, refreshId) =>
      this.archived.find((entry) => entry.deviceKey === deviceKey && entry.refresh.id === refreshId)?.refresh,
  };

  readonly kept = new Map<string, SealedSubscription & { readonly rev: number }>();
  readonly subscriptions: SubscriptionStore = {
    put: async (deviceKey, rev, sealed) => {
      if ((this.kept.get(deviceKey)?.rev ?? 0) <= rev) this.kept.set(deviceKey, { ...sealed, rev });
    },
    replace: async (deviceKey, rev, sealed) => {
      if (this.kept.get(deviceKey)?.suffix === sealed.suffix) this.kept.set(deviceKey, { ...sealed, rev });
    },
    load: async (deviceKey) => this.kept.get(deviceKey),
    delete: async (deviceKey, suffix) => {
      if (this.kept.get(deviceKey)?.suffix === suffix) this.kept.delete(deviceKey);
    },
  };

  readonly index: DueIndex = {
    dueBefore: async function* (this: MemoryStores, nowMs: number, shard: number) {
      for (const [deviceKey, { subscription }] of this.records) {
        const dueAtMs = subscription?.dueAtMs;
        if (dueShardOf(deviceKey) === shard && dueAtMs !== undefined && dueAtMs <= nowMs) yield deviceKey;
      }
    }.bind(this),
  };

  /** Every event that was told, in order; repeats stand as often as they were told. */
  readonly told: DeviceEvent[] = [];
  readonly events: EventBus = {
    publish: async (events) => void this.told.push(...events),
  };

  readonly tokens: AcceptedTokens = { note: async () => undefined, has: async () => true };

  readonly eraser: Eraser = {
    erase: async (deviceKey, rev) => {
      for (const [key, { fence }] of this.parts) {
        if (key.startsWith(deviceKey) && fence <= rev) this.parts.delete(key);
      }
    },
  };
}
