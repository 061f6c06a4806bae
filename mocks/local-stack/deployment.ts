import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { parse } from 'yaml';

/** A resource of the template. CloudFormation's own tags stand as their texts: `!GetAtt A.Arn` is `A.Arn`. */
export interface Resource {
  readonly type: string;
  readonly properties: unknown;
}

/** What `serverless.yml` says, with the files it takes resources from, and with values for its variables. */
export interface Deployment {
  /** What stands at a path such as `custom.names.table`; undefined when nothing does. */
  at(path: string): unknown;
  /** By their names in the template. */
  readonly resources: ReadonlyMap<string, Resource>;
}

/**
 * Reads `serverless.yml` as a deploy of its own stage would that nothing is set for: `${self:…}`, `${sls:stage}`, modules and
 * the fallbacks of `${env:…}` are known here, and what CloudFormation resolves stays as it is.
 */
export function readDeployment(file: string): Deployment {
  const root = parseYaml(file);
  const stage = valueAt(root, 'provider.stage');
  const resolve = (node: unknown): unknown => {
    if (typeof node === 'string') return resolveText(node);
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value)]));
  };
  /** What stands at a path may itself be what a variable stands for. */
  const at = (path: string): unknown => {
    const found = path.split('.').reduce<unknown>((node, key) => {
      const value = valueAt(node, key);
      return typeof value === 'string' ? resolve(value) : value;
    }, root);
    return resolve(found);
  };
  const resolveText = (text: string): unknown => {
    const only = /^\$\{([^{}]+)\}$/.exec(text)?.[1];
    if (only !== undefined) return variable(only) ?? text;
    return text.replace(/\$\{([^{}]+)\}/g, (all, name: string) => String(variable(name) ?? all));
  };
  /** The first of the alternatives that has a value; undefined when none has. */
  const variable = (alternatives: string): unknown => {
    for (const alternative of alternatives.split(',').map((one) => one.trim())) {
      const [, literal] = /^'(.*)'$/.exec(alternative) ?? [];
      if (literal !== undefined) return literal;
      if (alternative === 'sls:stage') return stage;
      const [, module] = /^file\((.+\.cjs)\)$/.exec(alternative) ?? [];
      if (module !== undefined) return toldBy(resolvePath(dirname(file), module));
      const [, path] = /^self:(.+)$/.exec(alternative) ?? [];
      const value = path === undefined ? undefined : at(path);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const resources = new Map<string, Resource>();
  for (const part of listAt(root, 'resources')) {
    const [, path] = (typeof part === 'string' && /^\$\{file\((.+)\)\}$/.exec(part)) || [];
    const held = path === undefined ? part : parseYaml(join(dirname(file), path));
    for (const [name, resource] of Object.entries(Object(valueAt(held, 'Resources')))) {
      const properties = resolve(valueAt(resource, 'Properties'));
      resources.set(name, { type: String(valueAt(resource, 'Type')), properties });
    }
  }
  return { at, resources };
}

/** What the function that a module exports says, with the environment as it is now. */
function toldBy(path: string): unknown {
  const tell: () => unknown = createRequire(import.meta.url)(path);
  return tell();
}

function parseYaml(file: string): unknown {
  // The tags of CloudFormation are unknown to the parser, which would say so of each.
  return parse(readFileSync(file, 'utf8'), { merge: true, logLevel: 'error' });
}

/** What stands at a path of keys with dots between; undefined when nothing does. */
export function valueAt(root: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
      root,
    );
}

/** Throws an error that names the setting when it is no text. */
export function textAt(root: unknown, path: string, where = path): string {
  const value = valueAt(root, path);
  if (typeof value === 'string') return value;
  throw new Error(`serverless.yml: ${where} must be a string`);
}

/** Throws an error that names the setting when it is no number. */
export function numberAt(root: unknown, path: string, where = path): number {
  const value = valueAt(root, path);
  if (typeof value === 'number') return value;
  throw new Error(`serverless.yml: ${where} must be a number`);
}

/** Empty when there is none. */
export function listAt(root: unknown, path: string): readonly unknown[] {
  const value: unknown = valueAt(root, path);
  return Array.isArray(value) ? value : [];
}
