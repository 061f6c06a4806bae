import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { methodsAt, routes } from '../lib/http/routes.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const known = routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)).toSorted();

describe('the routes', () => {
  it('are those of openapi.yaml', () => {
    const { paths }: { paths: Record<string, Record<string, unknown>> } = parse(read('openapi.yaml'));
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => ['get', 'put', 'post', 'delete', 'patch'].includes(key))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(known);
  });

  it('are those that serverless.yml deploys', () => {
    const deployed = [...read('serverless.yml').matchAll(/httpApi: ((?:GET|POST|PUT|DELETE) \S+)/g)];
    expect(deployed.map(([, route]) => route).toSorted()).toEqual(known);
  });

  it('tell the methods of a path, whatever its parameters', () => {
    expect(methodsAt('/v1/devices/wx_demo/contacts')).toEqual(['GET']);
    expect(methodsAt('/v1/devices/wx_demo/contacts/')).toBeUndefined();
    expect(methodsAt('/v1/devices/wx/demo/contacts')).toBeUndefined();
    expect(methodsAt('/')).toBeUndefined();
  });
});
