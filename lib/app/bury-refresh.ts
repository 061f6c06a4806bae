import type { Eraser, Receipt, RefreshMessage } from '../domain/ports.ts';
import { bury } from '../domain/refresh.ts';
import type { Watcher } from '../domain/watcher.ts';
import { type TellPorts, tell } from './follow-up.ts';
import { type Served, secondsUntil } from './served.ts';
import { transact } from './transact.ts';

export interface BuryPorts extends TellPorts {
  readonly eraser: Eraser;
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
  if (message.kind === 'again') {
    // The next change, or the next start, asks anew.
    ports.watcher?.buried();
    return { kind: 'done', what: 'dropped' };
  }
  const nowMs = ports.clock.now();
  const outcome = await transact(ports, message.deviceKey, (record) => bury(record, message, nowMs));
  if (outcome.kind === 'hide') {
    await receipt.hideFor(secondsUntil(outcome.untilMs, nowMs));
    return { kind: 'again' };
  }
  await tell(message.deviceKey, await ports.records.load(message.deviceKey), ports);
  ports.watcher?.buried();
  return { kind: 'done', what: outcome.kind };
}
