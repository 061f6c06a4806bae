import type { DeviceOwner } from '../device/keys.ts';
import type { Ports } from '../device/ports.ts';
import type { Refresh, Trigger } from '../device/record.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendStep } from './messages.ts';
import { awaitEnd, type SeenRefresh } from './read.ts';
import type { OutgoingStep } from './refresh-rules.ts';
import { notSent, start } from './refresh-rules.ts';

export type StartPorts = Pick<
  Ports,
  'records' | 'archive' | 'queue' | 'sealer' | 'clock' | 'policy' | 'newRefreshSuffix' | 'telemetry'
>;

export interface Started extends SeenRefresh {
  readonly deviceKey: string;
  /** `begun` a new one, `joined` one under way, or found a `recent` one that says it all. */
  readonly how: 'begun' | 'joined' | 'recent';
}

/**
 * Starts a refresh of the device, or joins the one that is under way, and waits for its end for at most
 * `waitMs`. When it returns, the message that carries the refresh on has been sent.
 * Throws `StoreUnavailable`, `QueueUnavailable`.
 */
export async function startRefresh(
  request: { readonly owner: DeviceOwner; readonly trigger: Trigger; readonly waitMs: number },
  ports: StartPorts,
  signal: AbortSignal,
): Promise<Started> {
  const { owner, trigger, waitMs } = request;
  const { clock, policy } = ports;
  const { deviceKey } = owner;
  const suffix = ports.newRefreshSuffix();
  const { record, outcome } = await updateRecord(ports, deviceKey, (now) =>
    start(now, { nowMs: clock.now(), trigger, suffix }, policy),
  );
  const expectedMs = record?.expectedMs;
  ports.telemetry?.started(outcome.kind);
  if (outcome.kind === 'recent') return { deviceKey, how: 'recent', refresh: outcome.refresh, expectedMs };
  if (outcome.send) await send(outcome.send, owner, ports);
  const seen: { refresh: Refresh; expectedMs: number | undefined } = { refresh: outcome.refresh, expectedMs };
  const ended = waitMs > 0 ? await awaitEnd(deviceKey, outcome.refresh.id, waitMs, ports, signal) : undefined;
  return { deviceKey, how: outcome.kind, ...(ended ?? seen) };
}

async function send(outgoing: OutgoingStep, owner: DeviceOwner, ports: StartPorts): Promise<void> {
  const { deviceKey } = owner;
  try {
    const sealed = await ports.sealer.seal(owner, deviceKey);
    await sendStep(ports.queue, deviceKey, sealed, outgoing);
  } catch (error) {
    // Best effort: without it the next start waits until the message counts as lost.
    await updateRecord(ports, deviceKey, (record) => notSent(record, outgoing)).catch(() => undefined);
    throw error;
  }
}
