import { createHash, randomBytes } from 'node:crypto';
import { InvokeStore, InvokeStoreBase } from '@aws/lambda-invoke-store';

// The trace header of AWS X-Ray, which every invocation has, and in which Lambda counts how often a chain of messages has
// come to a function: `Root=1-…;Parent=…;Sampled=0;Lineage=<hash of a function>:<invocations>|…`. The SDK takes it from the invocation
// (`X-Amzn-Trace-Id`), SQS keeps it with the message (`AWSTraceHeader`), and Lambda's poller hands it on to the next invocation.

/** A chain comes to a function so often; the next invocation does not happen (AWS says "approximately 16 times"). */
export const longestChain = 16;

const lineagePattern = /(?:^|;)\s*Lineage=([^;]*)/;

/** How often the chain of this trace header has come to a function so far. */
export function invocationsIn(header: string | undefined, functionName: string): number {
  return lineageOf(header).get(hashOf(functionName)) ?? 0;
}

/** The trace header of an invocation that goes on from this one; the first of a chain when there is none. */
export function nextTrace(header: string | undefined, functionName: string): string {
  const root = /(?:^|;)\s*(Root=[^;]+)/.exec(header ?? '')?.[1] ?? newRoot();
  const lineage = lineageOf(header);
  const hash = hashOf(functionName);
  lineage.set(hash, (lineage.get(hash) ?? 0) + 1);
  const counts = [...lineage].map(([name, count]) => `${name}:${count}`).join('|');
  return `${root};Parent=${randomBytes(8).toString('hex')};Sampled=0;Lineage=${counts}`;
}

function lineageOf(header = ''): Map<string, number> {
  const counts = (lineagePattern.exec(header)?.[1] ?? '').split('|').map((part) => part.split(':'));
  return new Map(counts.flatMap(([name = '', count]) => (name && count ? [[name, Number(count)]] : [])));
}

function hashOf(functionName: string): string {
  return createHash('sha256').update(functionName).digest('hex').slice(0, 8);
}

function newRoot(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
}

/** The trace header that an event continues: of the messages of a batch, the one that has come to this function most often. */
export function traceOfEvent(event: object, functionName: string): string | undefined {
  const { Records: records = [] }: { Records?: readonly Traced[] } = event;
  const headers = records.flatMap(({ attributes: { AWSTraceHeader: header } = {} }) => header ?? []);
  const [longest] = headers.toSorted(
    (one, other) => invocationsIn(other, functionName) - invocationsIn(one, functionName),
  );
  return longest;
}

interface Traced {
  readonly attributes?: { readonly AWSTraceHeader?: string };
}

/**
 * Where the SDK looks for the trace header of an invocation. All functions share this process, so it has to be the kind that tells
 * concurrent invocations apart: that is decided by whoever asks first, which is this file when it is loaded.
 */
const invokeStore = await InvokeStore.getInstanceAsync(true);

/** Runs a function's handler as an invocation with this trace header: what it sends through the SDK carries it on. */
export function withTrace<T>(header: string, run: () => T): T {
  return invokeStore.run({ [InvokeStoreBase.PROTECTED_KEYS.X_RAY_TRACE_ID]: header }, run);
}

/** The trace header of the invocation that this runs in; undefined outside of one. */
export function currentTrace(): string | undefined {
  return invokeStore.getXRayTraceId();
}
