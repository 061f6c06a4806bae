import { QueueUnavailable } from '../domain/ports.ts';

/** Longest delay of one message (SQS quota). */
export const maxDelayS = 900;

/** Waits for SQS's answer. Throws `QueueUnavailable`, with what the SDK threw as its cause. */
export async function answered<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'an unknown error';
    throw new QueueUnavailable(`SQS ${operation}: ${name}`, { cause });
  }
}

/** Throws a RangeError that names the value: a caller's mistake, which SQS would refuse all the same. */
export function assertWholeSeconds(name: string, seconds: number, max: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= max) return;
  throw new RangeError(`${name} is ${seconds}: expected whole seconds from 0 to ${max}`);
}
