import { writeSync } from 'node:fs';
import type { LogLevel } from '../settings/user-settings.ts';

/**
 * What may be logged beside the message: nothing else gets out, whatever object is handed over. No field holds
 * a token, an app id, or a body.
 */
export const fieldNames = [
  'route',
  'status',
  'code',
  'deviceKey',
  'callbackKey',
  'deliveryId',
  'refreshId',
  'step',
  'attempt',
  'kind',
  'how',
  'what',
  'error',
  'messageId',
  'receives',
  'delayS',
  'durationMs',
  'count',
] as const;

export type LogFields = {
  readonly [Name in (typeof fieldNames)[number]]?: string | number | boolean | undefined;
};

/** The log. `error`: what was thrown, of which the name, the message and the stack are written, and those of its causes. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields, error?: unknown): void;
  error(message: string, fields?: LogFields, error?: unknown): void;
}

const ranks: Readonly<Record<LogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3, SILENT: 4 };

/** A line of JSON each, `write` takes it with its line end. Less than `level` is left out. */
export function createLog(level: LogLevel, write: (line: string) => void = toStdout): Log {
  const log = (of: LogLevel) => (message: string, fields?: LogFields, error?: unknown) => {
    if (ranks[of] < ranks[level]) return;
    const line = {
      level: of,
      message,
      timestamp: new Date().toISOString(),
      ...listed(fields),
      ...(error !== undefined && { thrown: chainOf(error) }),
    };
    write(`${JSON.stringify(line)}\n`);
  };
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

/** Straight to the descriptor: `process.stdout` costs 10 ms of CPU when it is first touched, in a first invocation. */
export function toStdout(line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    // A pipe that is full for now (EAGAIN, on one machine): the stream waits for it.
    process.stdout.write(bytes.subarray(written));
  }
}

/** Types do not keep out members that come in through a wider type; this does. */
function listed(fields: LogFields = {}): LogFields {
  return Object.fromEntries(fieldNames.map((name) => [name, plain(fields[name])]));
}

function plain(value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' ? undefined : value;
}

const maxCauses = 4;

/** An error and its causes, outermost first. Other members (an SDK error's `$response`) may hold headers and bodies. */
function chainOf(error: unknown): readonly object[] {
  const chain: object[] = [];
  for (let thrown = error; thrown !== undefined && chain.length < maxCauses; ) {
    if (!(thrown instanceof Error)) return [...chain, { name: typeof thrown }];
    chain.push(toldOf(thrown));
    thrown = thrown.cause;
  }
  return chain;
}

function toldOf({ name, message, stack = '' }: Error): object {
  // What JSON.parse throws quotes the text that it was given.
  const quotes = name === 'SyntaxError';
  const frames = stack.slice(stack.indexOf('\n    at ') + 1);
  return {
    name,
    ...(!quotes && { message }),
    ...(frames.startsWith('    at ') && { stack: frames.split('\n').map((frame) => frame.trim()) }),
  };
}
