import type { MessageHandle, Ports } from '../device/ports.ts';
import type { DeviceRecord } from '../device/record.ts';
import { type UpdatePorts, updateRecord } from '../device/update-record.ts';
import type { Claim } from './refresh-rules.ts';
import { renew } from './refresh-rules.ts';

/** A message stays invisible a little longer than the lease lives: whoever receives it next finds the lease expired. */
const marginS = 5;

export type LeasePorts = UpdatePorts & Pick<Ports, 'policy'>;

/**
 * Does the work while renewing the claim's lease, and the visibility timeout of its message where somebody waits, every third of the
 * lease. The signal that the work gets aborts when the lease is lost, or can no longer be renewed in time: nobody works on a
 * refresh that another may have taken over. `record`: as the claim stored it; what is returned beside the work's result is the record
 * as it was stored last: seldom does anybody else write it meanwhile, so no renewal has to load it. Rethrows what the work throws.
 */
export async function underLease<T>(
  held: {
    readonly deviceKey: string;
    readonly claim: Claim;
    readonly record: DeviceRecord;
    readonly handle: MessageHandle;
  },
  ports: LeasePorts,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T; readonly record: DeviceRecord | undefined }> {
  let known: DeviceRecord | undefined = held.record;
  const { leaseMs } = ports.policy;
  const stop = new AbortController();
  const lost = new AbortController();
  const keep = async () => {
    let livesUntilMs = ports.clock.now() + leaseMs;
    if (isAwaited(known)) await keepInvisible(held.handle, leaseMs);
    for (;;) {
      await ports.clock.sleep(leaseMs / 3, stop.signal);
      if (stop.signal.aborted) return;
      const sentAtMs = ports.clock.now();
      const renewed = await tryRenew(held.deviceKey, held.claim, known, ports);
      if (typeof renewed === 'object') {
        known = renewed.record;
        livesUntilMs = sentAtMs + leaseMs;
        if (isAwaited(known)) await keepInvisible(held.handle, leaseMs);
      } else if (renewed === 'lost' || ports.clock.now() + leaseMs / 3 >= livesUntilMs) {
        lost.abort(new LeaseLost());
        return;
      }
    }
  };
  const keeping = keep();
  let result: T;
  try {
    result = await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    stop.abort();
    await keeping;
  }
  return { result, record: known };
}

/** The claim is no longer this worker's. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

async function tryRenew(
  deviceKey: string,
  claim: Claim,
  known: DeviceRecord | undefined,
  ports: LeasePorts,
): Promise<{ readonly record: DeviceRecord | undefined } | 'lost' | 'unknown'> {
  try {
    const nowMs = ports.clock.now();
    const { record, outcome: isHeld } = await updateRecord(
      ports,
      deviceKey,
      (seen) => renew(seen, claim, nowMs, ports.policy),
      known,
    );
    return isHeld ? { record } : 'lost';
  } catch {
    return 'unknown';
  }
}

/**
 * Somebody may wait for it, and goes on soon after a crash. For one of the schedule nobody does, until a caller joins it: its message
 * stays invisible for its queue's visibility timeout, which is longer than a step takes, and a request at each renewal is spared.
 */
function isAwaited(record: DeviceRecord | undefined): boolean {
  return record?.refresh?.trigger !== 'schedule';
}

/** Best effort: a message that is received too early meets the lease, and waits for it. */
async function keepInvisible(handle: MessageHandle, leaseMs: number): Promise<void> {
  await handle.extendVisibility(Math.ceil(leaseMs / 1000) + marginS).catch(() => undefined);
}
