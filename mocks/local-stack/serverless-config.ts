import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A queue as `serverless.yml` describes it. */
export interface QueueConfig {
  readonly name: string;
  readonly visibilityTimeoutS: number;
}

/** What the local stack takes from `serverless.yml`, so that it is stated once. */
export interface ServerlessConfig {
  readonly tableName: string;
  readonly refreshQueue: QueueConfig & { readonly maxReceiveCount: number };
  readonly deadLetterQueue: QueueConfig;
  /** Messages of the refresh queue that are worked on at the same time. */
  readonly workerConcurrency: number;
  /** The name a function is invoked by, from its key in `functions`. */
  functionName(key: string): string;
}

/** Reads `serverless.yml`; throws an error that names the setting when one is missing or of another type. */
export function readServerlessConfig(file: string): ServerlessConfig {
  const root: unknown = parse(readFileSync(file, 'utf8'), { merge: true, logLevel: 'error' });
  const stage = textAt(root, 'provider.stage');
  const nameAt = (path: string) => textAt(root, path).replace(/\$\{sls:stage\}/g, stage);
  const service = textAt(root, 'service');
  return {
    tableName: nameAt('custom.names.table'),
    refreshQueue: {
      name: nameAt('custom.names.refreshQueue'),
      visibilityTimeoutS: numberAt(root, 'custom.refreshQueue.visibilityTimeoutS'),
      maxReceiveCount: numberAt(root, 'custom.refreshQueue.maxReceiveCount'),
    },
    deadLetterQueue: {
      name: nameAt('custom.names.deadLetterQueue'),
      visibilityTimeoutS: numberAt(root, 'custom.deadLetterQueue.visibilityTimeoutS'),
    },
    workerConcurrency: numberAt(root, 'custom.worker.maximumConcurrency'),
    functionName: (key) => `${service}-${stage}-${key}`,
  };
}

function textAt(root: unknown, path: string): string {
  const value = valueAt(root, path);
  if (typeof value === 'string') return value;
  throw new Error(`serverless.yml: ${path} must be a string`);
}

function numberAt(root: unknown, path: string): number {
  const value = valueAt(root, path);
  if (typeof value === 'number') return value;
  throw new Error(`serverless.yml: ${path} must be a number`);
}

function valueAt(root: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
      root,
    );
}
