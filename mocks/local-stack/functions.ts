import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { FunctionConfig } from './serverless-config.ts';
import { nextTrace, traceOfEvent, withTrace } from './trace.ts';

/** What came of an invocation. */
export type Invocation =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** The function threw, ran out of time, or returned more than Lambda takes. */
  | { readonly kind: 'crashed'; readonly reason: string; readonly error?: unknown };

/** Invokes a function and waits for its end. Never rejects. */
export type Invoke = (called: FunctionConfig, event: object) => Promise<Invocation>;

type Handler = (event: object, context: Context) => Promise<unknown>;

/** Of an event, and of what a function returns, as JSON (AWS quota). */
export const maxPayloadBytes = 6 * 1024 * 1024;

const folder = join(import.meta.dirname, '../../functions');

/**
 * Loads every function into this process, as it stands in `functions/`: all read the environment as it is now. A function
 * whose file is missing fails when it is invoked, and says so. Throws what a function throws while it is loaded, which is
 * `ConfigError` for wrong settings.
 */
export async function loadFunctions(configs: readonly FunctionConfig[]): Promise<Invoke> {
  const handlers = new Map<string, Handler>();
  for (const { key } of configs) handlers.set(key, await handlerOf(key));
  return invokerOf(handlers);
}

/** Invokes handlers by their functions' keys, as Lambda does. */
export function invokerOf(handlers: ReadonlyMap<string, Handler>): Invoke {
  return async ({ key, name, timeoutS }, event) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const fault = new Error(`Task timed out after ${timeoutS} seconds`);
    const timer = setTimeout(() => reject(fault), timeoutS * 1000);
    try {
      const handler = handlers.get(key);
      if (handler === undefined) throw new Error(`serverless.yml has no function ${key}`);
      const trace = nextTrace(traceOfEvent(event, name), name);
      const answer = withTrace(trace, () => handler(event, contextOf(timeoutS * 1000, name)));
      const payload = await Promise.race([answer, late]);
      if (jsonBytes(payload) > maxPayloadBytes) throw new Error('Response payload size exceeded 6 MB');
      return { kind: 'answered', payload };
    } catch (error) {
      return { kind: 'crashed', reason: String(error), error };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The bytes of a value as JSON, as Lambda counts them. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

async function handlerOf(key: string): Promise<Handler> {
  const file = join(folder, `${key}.ts`);
  if (!existsSync(file)) return () => Promise.reject(new Error(`functions/${key}.ts is not there`));
  const { handler }: { handler: Handler } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return handler;
}

/** What Lambda tells a function of its run. `timeoutMs`: the time it has. */
export function contextOf(timeoutMs: number, functionName = 'test'): Context {
  const endsAtMs = Date.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: '',
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
