import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAcceptedTokens } from '../../lib/aws/dynamodb/accepted-tokens.ts';
import { createCallbackStore } from '../../lib/aws/dynamodb/callback-store.ts';
import { createChatroomStore } from '../../lib/aws/dynamodb/chatroom-store.ts';
import { createEraser } from '../../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../../lib/aws/dynamodb/snapshot-store.ts';
import { createSubscriptionStore } from '../../lib/aws/dynamodb/subscription-store.ts';
import type { Table } from '../../lib/aws/dynamodb/table.ts';
import { callbackOwnerOf } from '../../lib/callbacks/callback-id.ts';
import type { BodyStore, CallbackMessage, ForwardMessage } from '../../lib/callbacks/ports.ts';
import { type ProcessPorts, processCallback, seldom } from '../../lib/callbacks/process.ts';
import { type Incoming, receiveCallback } from '../../lib/callbacks/receive.ts';
import { type CallbackPorts, upsertCallback } from '../../lib/callbacks/register.ts';
import { createRecentRooms } from '../../lib/chatrooms/discover.ts';
import type { RoomAnswer, RoomMessage } from '../../lib/chatrooms/ports.ts';
import { createSavedRooms } from '../../lib/chatrooms/saved-rooms.ts';
import type { Contacts } from '../../lib/device/contacts.ts';
import { createGate } from '../../lib/device/gate.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { defaultPolicy as policy } from '../../lib/device/policy.test-data.ts';
import type { MessageResult, RefreshMessage } from '../../lib/device/ports.ts';
import type { DeviceRecord } from '../../lib/device/record.ts';
import { advance, emptyRecord } from '../../lib/device/record.ts';
import { subscribe } from '../../lib/device/subscription-rules.ts';
import { silentTelemetry } from '../../lib/device/telemetry.test-data.ts';
import type { CallbackEffect } from '../../lib/device/telemetry.ts';
import { parseCallback } from '../../lib/gewe/callback-wire.ts';
import { eraseDevice } from '../../lib/refresh/erase.ts';
import { createBodyOpener, createBodySealer } from '../../lib/sealing/body-sealing.ts';
import { keyringOf } from '../../lib/sealing/keyring.ts';
import { newSealingKey } from '../../lib/sealing/sealing-key.ts';
import { createOpener, createSealer } from '../../lib/sealing/token-sealing.ts';
import { newDeliveryId, newNonce, newSalt } from '../../lib/system/random.ts';
import { storeRecord } from './stored-record.ts';

const never = new AbortController().signal;
const key = await newSealingKey();

/** A body of `mocks/gewe/callbacks`. */
export function sampleOf(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, `../../mocks/gewe/callbacks/${name}.json`));
}

/** Tests let ports fail. */
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Queued {
  message: CallbackMessage | RoomMessage;
  visibleAtMs: number;
}

const noBodies = () => Promise.reject(new Error('no body of this world is large'));
const noBodyStore: BodyStore = { put: noBodies, get: noBodies };

/** A call to GeWe about a room. */
export interface AskedRoom {
  readonly roomId: string;
  readonly atMs: number;
}

export const info = { name: '周末爬山', remark: null, owner: 'wxid_owner', memberCount: 3 };

/**
 * The callbacks' use cases on the real stores and with real sealing, for one token of its own. Time stands still until
 * `run` moves it; what the queues are given is kept here. `bodyStore`: for a world in which large bodies come.
 */
export async function createWorld(table: Table, token: string, bodyStore: BodyStore = noBodyStore) {
  const beganAtMs = Date.UTC(2026, 10, 2);
  let nowMs = beganAtMs;
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const queued: Queued[] = [];
  const forwarded: ForwardMessage[] = [];
  const sent: RefreshMessage[] = [];
  const asked: AskedRoom[] = [];
  const served: MessageResult[] = [];
  const answers: RoomAnswer[] = [];

  const records = createRecordStore(table, newNonce);
  const snapshots = createSnapshotStore(table);
  const callbacks = createCallbackStore(table);
  const callbackQueue = {
    send: async (message: CallbackMessage | RoomMessage, delayS: number) =>
      void queued.push({ message, visibleAtMs: nowMs + delayS * 1000 }),
  };
  const ports: Writable<ProcessPorts> = {
    records,
    subscriptions: createSubscriptionStore(table),
    chatrooms: createChatroomStore(table, newNonce, clock),
    savedRooms: createSavedRooms({ records, snapshots }),
    recentRooms: createRecentRooms(),
    noteReceived: seldom(callbacks.noteReceived),
    bodyStore,
    bodies: createBodyOpener(keyringOf([key.privateKey])),
    opener: createOpener(keyringOf([key.privateKey])),
    parse: parseCallback,
    largeBodies: createGate(2),
    queue: { send: async (message) => void sent.push(message) },
    callbackQueue,
    rooms: {
      fetchInfo: async (secret, roomId) => {
        asked.push({ roomId, atMs: nowMs });
        const answer = answers.shift() ?? { kind: 'room', info };
        return secret.token === token ? answer : { kind: 'failure', class: 'token-rejected' };
      },
    },
    chatroomIntervalMs: 2_000,
    clock,
    policy,
  };
  const callbackPorts: CallbackPorts = {
    callbacks,
    tokens: createAcceptedTokens(table, clock),
    account: {
      checkOnline: async () => ({ kind: 'success' }),
      setCallback: async () => ({ kind: 'success' }),
    },
    targets: { check: async () => ({ ok: true }) },
    clock,
    newSalt,
  };
  const receivePorts = {
    callbacks,
    sealer: createBodySealer(key.publicKey),
    bodyStore,
    queue: callbackQueue,
    forwardQueue: { send: async (message: ForwardMessage) => void forwarded.push(message) },
    clock,
    newDeliveryId,
  };

  async function serveNext(): Promise<void> {
    const [next] = queued.toSorted((one, other) => one.visibleAtMs - other.visibleAtMs);
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.visibleAtMs);
    const handle = {
      async extendVisibility(seconds: number) {
        next.visibleAtMs = nowMs + seconds * 1000;
      },
    };
    const outcome = await processCallback(next.message, handle, ports, { signal: never });
    served.push(outcome);
    if (outcome.kind === 'ack') queued.splice(queued.indexOf(next), 1);
  }

  const deviceKeyFor = (appId: string) => deviceKeyOf(token, appId);
  return {
    ports,
    callbackPorts,
    receivePorts,
    queued,
    forwarded,
    sent,
    asked,
    served,
    /** What GeWe says next about rooms; `info` when nothing is left. */
    answers,
    beganAtMs,
    now: () => nowMs,
    /** What is posted waits in the queue until the next `run`. */
    receiveOnly: false,
    deviceKeyOf: deviceKeyFor,
    recordOf: (appId = 'wx_demo') => records.load(deviceKeyFor(appId)),
    roomOf: (roomId: string, appId = 'wx_demo') => ports.chatrooms.load(deviceKeyFor(appId), roomId),

    /** Gives the id of the callback. */
    async upsertCallback(forwardTo?: string): Promise<string> {
      const input = { register: false, urlBase: 'https://contacts.example.com/', ownHosts: [] };
      const put = await upsertCallback(
        callbackOwnerOf(token),
        forwardTo === undefined ? input : { ...input, forwardTo },
        callbackPorts,
        never,
      );
      if (put.kind !== 'stored') throw new Error(put.kind);
      return put.callback.id;
    },

    /** Stores a subscription, and a list where one is given, without any refresh. */
    async subscribe(
      options: { appId?: string; contacts?: Contacts; onCallbacks?: boolean; suffix?: string } = {},
    ) {
      const { appId = 'wx_demo', contacts, onCallbacks = true, suffix = 'suffix00' } = options;
      const deviceKey = deviceKeyFor(appId);
      const before = await records.load(deviceKey);
      const { next, outcome } = subscribe(before, { onCallbacks }, suffix, nowMs);
      await storeRecord(deviceKey, next ?? before ?? emptyRecord, contacts, { records, snapshots });
      const sealed = await createSealer(key.publicKey).seal({ token, appId }, deviceKey);
      await ports.subscriptions.put(deviceKey, outcome.rev, { suffix: outcome.subscription.suffix, sealed });
    },

    /** Everything that is kept for the device. */
    erase: (appId: string) =>
      eraseDevice(deviceKeyFor(appId), {
        records,
        eraser: createEraser(table),
        queue: { send: async () => undefined },
        clock,
      }),

    /** Adds what each callback led to. */
    count(effects: CallbackEffect[]) {
      ports.telemetry = { ...silentTelemetry, callbackHandled: (effect) => void effects.push(effect) };
    },

    async changeRecord(changes: Partial<DeviceRecord>, appId = 'wx_demo') {
      const deviceKey = deviceKeyFor(appId);
      const record = await records.load(deviceKey);
      await records.compareAndSet(deviceKey, advance(record ?? emptyRecord, changes));
    },

    /** A callback comes, is received, and all that is due at once is served. */
    async post(id: string, body: Uint8Array, parts: Partial<Incoming> = {}): Promise<boolean> {
      const incoming = { id, body, contentType: 'application/json', wasForwarded: false, ...parts };
      const kept = await receiveCallback(incoming, receivePorts);
      if (!this.receiveOnly) await this.run(0);
      return kept;
    },

    receive: (incoming: Incoming) => receiveCallback(incoming, receivePorts),

    /** Serves what is due, until so much later. */
    async run(ms: number): Promise<void> {
      const untilMs = nowMs + ms;
      while (queued.some(({ visibleAtMs }) => visibleAtMs <= untilMs)) await serveNext();
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
