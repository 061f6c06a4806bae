import type { Clock, Eraser, Receipt, RecordStore, RefreshMessage } from '../domain/ports.ts';
import { bury } from '../domain/refresh.ts';
import type { Watcher } from '../domain/watcher.ts';
import { type Served, secondsUntil } from './served.ts';
import { transact } from './transact.ts';

export interface BuryPorts {
  readonly records: RecordStore;
  readonly eraser: Eraser;
  readonly clock: Clock;
  readonly watcher?: Watcher;
}

/** A dead letter: the refresh it was to carry on fails, in words, instead of waiting for its deadline. */
export async function buryRefresh(
  message: RefreshMessage,
  receipt: Receipt,
  ports: BuryPorts,
): Promise<Served> {
  if (message.kind === 'erase') {
    await ports.eraser.erase(message.deviceKey, message.rev);
    ports.watcher?.buried();
    return { kind: 'done', what: 'erased' };
  }
  const nowMs = ports.clock.now();
  const outcome = await transact(ports, message.deviceKey, (record) => bury(record, message, nowMs));
  if (outcome.kind === 'hide') {
    await receipt.hideFor(secondsUntil(outcome.untilMs, nowMs));
    return { kind: 'again' };
  }
  ports.watcher?.buried();
  return { kind: 'done', what: outcome.kind };
}
