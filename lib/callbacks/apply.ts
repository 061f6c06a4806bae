import { type CallbackDevice, type DiscoverPorts, discoverRoom, leaveRoom } from '../chatrooms/discover.ts';
import { deviceKeyFor } from '../device/keys.ts';
import { bringsBack, cameBack, wentOffline } from '../device/presence-rules.ts';
import type { EpochMs } from '../device/record.ts';
import { isOpen } from '../device/record.ts';
import type { CallbackEffect } from '../device/telemetry.ts';
import { updateRecord } from '../device/update-record.ts';
import { type RerunPorts, requestRerun } from '../refresh/request-rerun.ts';
import { type CallbackEvent, isChatroomId } from './event.ts';

export interface ApplyPorts extends DiscoverPorts, RerunPorts {}

/**
 * Does what a callback means for its device, if that has a subscription that listens to callbacks, and nothing otherwise.
 * Throws `StoreUnavailable`, `QueueUnavailable`; calling again goes on.
 */
export async function applyCallback(
  event: CallbackEvent,
  tokenKey: Uint8Array,
  receivedAtMs: EpochMs,
  ports: ApplyPorts,
): Promise<CallbackEffect> {
  if (event.kind === 'unknown') return 'unknown';
  if (event.kind === 'probe' || event.kind === 'other') return 'none';
  const deviceKey = deviceKeyFor(tokenKey, event.appId);
  const record = await ports.records.load(deviceKey);
  const subscription = record?.subscription;
  if (record === undefined || !subscription?.onCallbacks || subscription.stopped) return 'unsubscribed';
  if (event.kind === 'presence' && event.presence === 'offline') {
    await notePresence(wentOffline, deviceKey, receivedAtMs, ports);
    return 'offline';
  }
  // Nothing was written after it came, whatever GeWe's clock says.
  const atMs = Math.min(event.writtenAtMs ?? receivedAtMs, receivedAtMs);
  const isBack = bringsBack(record, atMs);
  if (isBack) {
    // Nothing reported what changed meanwhile. This comes first: after a crash in between the message is received again, and both are done.
    await requestRerun(deviceKey, { trigger: 'callback' }, ports);
    await notePresence(cameBack, deviceKey, atMs, ports);
  }
  const isOffline = record.offlineSinceMs !== undefined && !isBack;
  if (event.kind === 'presence') return isOffline ? 'none' : 'online';
  const device = { deviceKey, record, subscription, receivedAtMs, isOffline };
  if (event.kind === 'contact') return contactChanged(device, event, ports);
  const { room: roomId, writtenAtMs } = event;
  if (event.kind === 'removal') {
    await leaveRoom(device, { roomId: event.room, atMs: writtenAtMs ?? receivedAtMs }, ports);
    return 'left';
  }
  if (roomId === undefined) return 'none';
  const message = { roomId, ...(writtenAtMs !== undefined && { writtenAtMs }) };
  return (await discoverRoom(device, message, ports)) ? 'room' : 'none';
}

/** A callback shows that the device is logged in, or was logged out, at `atMs`. */
async function notePresence(
  rule: typeof wentOffline,
  deviceKey: string,
  atMs: EpochMs,
  { records, clock }: ApplyPorts,
): Promise<void> {
  await updateRecord({ records, clock }, deviceKey, (record) => rule(record, { atMs, nowMs: clock.now() }));
}

/** A room matters to the list only when it is in it. */
async function contactChanged(
  device: CallbackDevice & { readonly isOffline: boolean },
  { change, subject }: Extract<CallbackEvent, { kind: 'contact' }>,
  ports: ApplyPorts,
): Promise<CallbackEffect> {
  const { deviceKey, record, receivedAtMs, isOffline } = device;
  const roomId = subject !== undefined && isChatroomId(subject) ? subject : undefined;
  const left = roomId !== undefined && change === 'deleted';
  if (left) await leaveRoom(device, { roomId, atMs: receivedAtMs }, ports);
  // An offline device's list cannot be fetched; the refresh after its return sees this change, too. Only when one is under way, which may have
  // called GeWe before, a rerun is needed.
  const isUnderWay = record.refresh !== undefined && isOpen(record.refresh);
  if (isOffline && !isUnderWay) return left ? 'left' : 'none';
  const isListed = roomId === undefined || (await ports.savedRooms(deviceKey, record)).has(roomId);
  if (!isListed) return left ? 'left' : 'none';
  const outcome = await requestRerun(deviceKey, { trigger: 'callback' }, ports);
  return outcome === 'unsubscribed' ? 'unsubscribed' : 'refresh';
}
