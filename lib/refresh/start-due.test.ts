import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStores } from '../../tests/laws/memory-stores.ts';
import { VirtualClock } from '../../tests/laws/virtual-clock.ts';
import { defaultPolicy as policy } from '../device/policy.test-data.ts';
import { dueAgainMs } from '../device/policy.ts';
import type { Backlog, DelayedMessage, RefreshMessage } from '../device/ports.ts';
import { StoreUnavailable } from '../device/ports.ts';
import { silentTelemetry } from '../device/telemetry.test-data.ts';
import { type DuePorts, startDueDevices } from './start-due.ts';

const minuteMs = 60_000;
const never = new AbortController().signal;

let clock: VirtualClock;
let stores: MemoryStores;
let sent: DelayedMessage[];
let wakesS: number[];
let backlog: Backlog;
let counted: Map<string, number>;
let ports: DuePorts;

beforeEach(() => {
  clock = new VirtualClock();
  stores = new MemoryStores(clock);
  sent = [];
  wakesS = [];
  backlog = { visible: 0, delayed: 0, inFlight: 0 };
  counted = new Map();
  ports = {
    records: stores,
    archive: stores.archive,
    subscriptions: stores.subscriptions,
    index: stores.index,
    queue: { send: async (_message: RefreshMessage, delayS: number) => void wakesS.push(delayS) },
    scheduleQueue: {
      send: async (message, delayS) => void sent.push({ message, delayS }),
      sendAll: async (messages) => {
        sent.push(...messages);
        return [];
      },
      backlog: async () => backlog,
    },
    clock,
    policy,
    newRefreshSuffix: () => 'a'.repeat(16),
    telemetry: { ...silentTelemetry, due: (how, count = 1) => void counted.set(how, count) },
    capacity: { runs: 2, callsPerRun: 10 },
    phaseMs: 0,
  };
});

/** Devices that have been due for so long, refreshed each minute: these begin at once. */
async function due(count: number, agoMs: (index: number) => number = () => 0, everyMs = minuteMs) {
  const keys = Array.from(
    { length: count },
    (_, index) => `${String.fromCharCode(65 + (index % 26))}${index}`,
  );
  for (const [index, deviceKey] of keys.entries()) {
    const dueAtMs = clock.now() - agoMs(index);
    const subscription = {
      suffix: 'subscrib',
      createdAtMs: dueAtMs,
      anchorMs: dueAtMs - everyMs,
      everyMs,
      onCallbacks: false,
      failures: 0,
      dueAtMs,
    };
    await stores.compareAndSet(deviceKey, { rev: 1, superseded: {}, subscription });
    await stores.subscriptions.put(deviceKey, 1, { suffix: 'subscrib', sealed: `sealed ${deviceKey}` });
  }
  return keys;
}

const begun = () => sent.map(({ message }) => ('deviceKey' in message ? message.deviceKey : ''));
const dueAtMsOf = (deviceKey = '') => stores.recordOf(deviceKey)?.subscription?.dueAtMs;

describe('the devices that are due', () => {
  it('are begun, those first that have been due for longest, with the subscription that stands beside them', async () => {
    const keys = await due(120, (index) => ((index * 37) % 120) * 1_000);
    const { taken } = await startDueDevices(ports, never);
    expect(taken).toBe(120);
    const ago = (key: string) => ((keys.indexOf(key) * 37) % 120) * 1_000;
    expect(begun().map(ago)).toEqual(keys.map(ago).toSorted((one, other) => other - one));
    expect(sent[0]?.message).toMatchObject({ kind: 'step', step: 1, sealed: `sealed ${begun()[0]}` });
    expect(Object.fromEntries(counted)).toEqual({ begun: 120 });
  });

  it('are left in the index, the latest, when what is in line is enough for a while', async () => {
    const keys = await due(400, (index) => index * 1_000);
    // 20 list calls for six minutes are 360 of 20 s.
    backlog = { visible: 60, delayed: 40, inFlight: 0 };
    const { taken } = await startDueDevices(ports, never);
    expect(taken).toBe(260);
    expect(new Set(begun())).toEqual(new Set(keys.slice(-260)));
    expect(Object.fromEntries(counted)).toEqual({ begun: 260, deferred: 140 });
  });

  it('are left there, all of them, when time is up', async () => {
    await due(10);
    expect(await startDueDevices(ports, AbortSignal.abort())).toEqual({ taken: 0 });
    expect(Object.fromEntries(counted)).toEqual({ deferred: 10 });
  });

  it('wait for each other when there is little to do, and do not when there is enough', async () => {
    await due(3, () => 0, 60 * minuteMs);
    await startDueDevices(ports, never);
    const untilMs = 5 * minuteMs - (clock.now() % (5 * minuteMs));
    expect(sent.map(({ delayS }) => delayS)).toEqual(Array.from({ length: 3 }, () => untilMs / 1000));
    sent.length = 0;
    await due(350, () => 0, 60 * minuteMs);
    await startDueDevices(ports, never);
    expect(new Set(sent.map(({ delayS }) => delayS))).toEqual(new Set([0]));
  });
});

describe('a run of the worker', () => {
  it('is woken for every so many devices that begin, and for what is in line although nothing is due', async () => {
    await due(11);
    await startDueDevices(ports, never);
    expect(wakesS).toEqual([0, 1]);
    wakesS.length = 0;
    sent.length = 0;
    await startDueDevices(ports, never);
    expect(sent).toEqual([]);
    expect(wakesS).toEqual([]);
    backlog = { visible: 1, delayed: 0, inFlight: 0 };
    await startDueDevices(ports, never);
    expect(wakesS).toEqual([0]);
  });

  it('that cannot be woken is woken a minute later: the messages are there', async () => {
    await due(1);
    const send = async () => {
      throw new StoreUnavailable('not now');
    };
    await expect(startDueDevices({ ...ports, queue: { send } }, never)).rejects.toThrow('not now');
    expect(begun()).toHaveLength(1);
  });
});

describe('one device', () => {
  it('that cannot be read holds up no other, and is told of', async () => {
    const [first, ...others] = await due(60, (index) => (60 - index) * 1_000);
    const records = {
      load: async (deviceKey: string) => {
        if (deviceKey === first) throw new Error('spoiled');
        return stores.load(deviceKey);
      },
      compareAndSet: stores.compareAndSet.bind(stores),
    };
    const index = {
      ...stores.index,
      load: async (keys: readonly string[]) => {
        const states = new Map(await stores.index.load(keys));
        if (first !== undefined) states.delete(first);
        return states;
      },
    };
    await expect(startDueDevices({ ...ports, records, index }, never)).rejects.toThrow('spoiled');
    expect(new Set(begun())).toEqual(new Set(others));
    expect(wakesS).toEqual([0, 1]);
  });

  it('whose subscription was not seen at first is begun with what is stored by now', async () => {
    const [deviceKey = ''] = await due(1);
    const index = {
      ...stores.index,
      load: async (keys: readonly string[]) => {
        const states = await stores.index.load(keys);
        return new Map([...states].map(([key, { record }]) => [key, record ? { record } : {}]));
      },
    };
    await startDueDevices({ ...ports, index }, never);
    expect(begun()).toEqual([deviceKey]);
  });

  it('whose subscription is not there is looked at again in half an hour', async () => {
    const [deviceKey = ''] = await due(1);
    await stores.subscriptions.delete(deviceKey, 'subscrib');
    const nowMs = clock.now();
    await startDueDevices(ports, never);
    expect(begun()).toEqual([]);
    expect(dueAtMsOf(deviceKey)).toBe(nowMs + dueAgainMs);
    expect(Object.fromEntries(counted)).toEqual({});
  });

  it('that was read before it changed is decided on as it is by now', async () => {
    const [deviceKey = ''] = await due(1);
    const before = await stores.index.load([deviceKey]);
    const record = stores.recordOf(deviceKey);
    const { subscription } = record ?? {};
    if (record === undefined || subscription === undefined) throw new Error('the device is not there');
    const later = { ...subscription, dueAtMs: clock.now() + minuteMs };
    await stores.compareAndSet(deviceKey, { ...record, rev: 2, subscription: later });
    const index = { ...stores.index, dueBefore: stores.index.dueBefore, load: async () => before };
    const asBefore = {
      ...index,
      dueBefore: async function* () {
        yield { deviceKey, dueAtMs: clock.now() };
      },
    };
    const starting = startDueDevices({ ...ports, index: asBefore }, never);
    await clock.runUntil(clock.now() + 1_000);
    await starting;
    expect(begun()).toEqual([]);
    expect(dueAtMsOf(deviceKey)).toBe(later.dueAtMs);
  });

  it('whose message could not be sent is looked at when it was to begin, and sent then', async () => {
    const keys = await due(3, () => 0, 60 * minuteMs);
    const scheduleQueue: DuePorts['scheduleQueue'] = {
      ...ports.scheduleQueue,
      sendAll: async (messages) => {
        sent.push(...messages.slice(1));
        return messages.slice(0, 1);
      },
    };
    await expect(startDueDevices({ ...ports, scheduleQueue }, never)).rejects.toMatchObject({
      name: 'QueueUnavailable',
    });
    const [unsent = ''] = keys.filter((key) => !begun().includes(key));
    const beginsMs = Math.ceil((clock.now() + 1) / (5 * minuteMs)) * 5 * minuteMs;
    expect(dueAtMsOf(unsent)).toBe(beginsMs);
    sent.length = 0;
    await clock.runUntil(beginsMs);
    await startDueDevices(ports, never);
    expect(sent).toMatchObject([{ message: { deviceKey: unsent, step: 1 }, delayS: 0 }]);
  });
});

describe('when the store is gone', () => {
  it('nothing further is tried in this minute', async () => {
    await due(120);
    let loads = 0;
    const index = {
      ...stores.index,
      load: async () => {
        loads += 1;
        throw new StoreUnavailable('gone');
      },
    };
    await expect(startDueDevices({ ...ports, index }, never)).rejects.toThrow('gone');
    expect(loads).toBe(1);
    const records = {
      load: async () => undefined,
      compareAndSet: async () => {
        throw new StoreUnavailable('gone');
      },
    };
    await expect(startDueDevices({ ...ports, records }, never)).rejects.toThrow('gone');
    expect(begun()).toEqual([]);
    expect(Object.fromEntries(counted)).toEqual({ deferred: 70 });
  });
});
