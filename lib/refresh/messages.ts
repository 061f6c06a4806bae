import type { DelayedMessage, RefreshQueue } from '../device/ports.ts';
import type { OutgoingStep } from './refresh-rules.ts';

// The messages of the refresh queue. `sealed`: the token and the app id, readable with the keyring alone. All throw `QueueUnavailable`.

type Queue = Pick<RefreshQueue, 'send'>;

/** The next step of a refresh is to be run. */
export function sendStep(queue: Queue, deviceKey: string, sealed: string, step: OutgoingStep): Promise<void> {
  const { message, delayS } = stepMessage(deviceKey, sealed, step);
  return queue.send(message, delayS);
}

/** The same message, to be sent together with others. */
export function stepMessage(deviceKey: string, sealed: string, step: OutgoingStep): DelayedMessage {
  const { delayS, ...ref } = step;
  return { message: { kind: 'step', deviceKey, ...ref, sealed }, delayS };
}

/** The pending rerun of a device is to begin when its time has come. */
export function sendRerun(queue: Queue, deviceKey: string, sealed: string, delayS: number): Promise<void> {
  return queue.send({ kind: 'rerun', deviceKey, sealed }, delayS);
}

/** What a late worker may have written of an erased device is to be erased, too: all up to the record's revision `rev`. */
export function sendErase(queue: Queue, deviceKey: string, rev: number, delayS: number): Promise<void> {
  return queue.send({ kind: 'erase', deviceKey, rev }, delayS);
}

/** The schedule's queue holds something. */
export function sendWake(queue: Queue, delayS: number): Promise<void> {
  return queue.send({ kind: 'wake' }, delayS);
}
