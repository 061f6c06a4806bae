import { dueShards } from '../device/policy.ts';
import type { Ports } from '../device/ports.ts';
import { updateRecord } from '../device/update-record.ts';
import { sendStep, sendWake } from './messages.ts';
import type { ScheduleOutcome } from './schedule-rules.ts';
import { postpone, startDue } from './schedule-rules.ts';

export type DuePorts = Pick<
  Ports,
  | 'records'
  | 'archive'
  | 'subscriptions'
  | 'queue'
  | 'scheduleQueue'
  | 'index'
  | 'clock'
  | 'policy'
  | 'newRefreshSuffix'
  | 'random'
  | 'telemetry'
>;

/** More wait in the queue than GeWe is called for in a while: what is due waits in the index instead, for a later minute. */
const mostWaiting = 500;
const concurrency = 16;

/**
 * The schedule's minute has come: begins the refreshes of the devices that are due, earliest first, as far as the queue
 * is not full of them already. Throws `StoreUnavailable`, `QueueUnavailable` when it could not go on: the next
 * minute does.
 */
export async function startDueDevices(
  ports: DuePorts,
  signal: AbortSignal,
): Promise<{ readonly taken: number }> {
  const backlog = await ports.scheduleQueue.backlog();
  let room = Math.max(0, mostWaiting - backlog.visible - backlog.delayed);
  let taken = 0;
  const shards = Array.from({ length: dueShards }, (_, shard) =>
    ports.index.dueBefore(ports.clock.now(), shard)[Symbol.asyncIterator](),
  );
  const open = new Set(shards);
  while (open.size > 0 && room > 0 && !signal.aborted) {
    const batch = await nextOf(open, Math.min(concurrency, room));
    const outcomes = await Promise.all(batch.map((deviceKey) => startOne(deviceKey, ports)));
    for (const outcome of outcomes) if (outcome === 'begun' || outcome === 'joined') room -= 1;
    taken += outcomes.length;
  }
  if (open.size > 0) ports.telemetry?.due('deferred');
  if (taken > 0 || backlog.visible > 0) await sendWake(ports.queue, 0);
  return { taken };
}

/** Up to so many devices, a few from each shard in turn; shards that are empty leave the set. */
async function nextOf(open: Set<AsyncIterator<string>>, most: number): Promise<readonly string[]> {
  const found: string[] = [];
  while (open.size > 0 && found.length < most) {
    for (const shard of open) {
      const { done, value } = await shard.next();
      if (done) open.delete(shard);
      else if (found.push(value) >= most) break;
    }
  }
  return found;
}

async function startOne(deviceKey: string, ports: DuePorts): Promise<ScheduleOutcome['kind']> {
  const { clock, policy, subscriptions } = ports;
  const kept = await subscriptions.load(deviceKey);
  const suffix = ports.newRefreshSuffix();
  const jitter = ports.random();
  const { outcome } = await updateRecord<ScheduleOutcome>(ports, deviceKey, (record) => {
    // The subscription is being stored or was deleted just now; or storing it was cut off, and its caller got an error.
    if (kept === undefined || record?.subscription?.suffix !== kept.suffix)
      return postpone(record, clock.now());
    return startDue(record, { nowMs: clock.now(), suffix, jitter }, policy);
  });
  if (outcome.kind === 'not-due' || kept === undefined) return outcome.kind;
  ports.telemetry?.due(outcome.kind);
  if (outcome.kind !== 'recent' && outcome.send) {
    await sendStep(ports.scheduleQueue, deviceKey, kept.sealed, outcome.send);
  }
  return outcome.kind;
}
